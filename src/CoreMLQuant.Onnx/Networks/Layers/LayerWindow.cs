using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>The window that a convolution or a pooling moves over the spatial axes.</summary>
/// <param name="Kernel">Its sizes.</param>
/// <param name="Strides">Its steps.</param>
/// <param name="Dilations">Distances of its elements.</param>
/// <param name="Begins">Padding in front.</param>
/// <param name="Ends">Padding at the end.</param>
internal sealed record LayerWindow(
    IReadOnlyList<long> Kernel, IReadOnlyList<long> Strides, IReadOnlyList<long> Dilations, IReadOnlyList<long> Begins, IReadOnlyList<long> Ends)
{
    // A setting of the specification: the extra element of an odd padding comes first.
    private const int TopLeftHeavy = 1;

    /// <summary>Whether the padding makes the output as large as the input over the stride.</summary>
    public bool IsSame { get; init; }

    /// <summary>Whether an odd padding of that kind has its extra element at the start.</summary>
    public bool ExtraAtStart { get; init; }

    /// <summary>Number of spatial axes.</summary>
    public int Count => Kernel.Count;

    /// <summary>A window of two axes; what is not given is a step or distance of 1 and no padding.</summary>
    public static LayerWindow Of(
        IReadOnlyList<long> kernel, IReadOnlyList<ulong> strides, IReadOnlyList<ulong> dilations, ValidPaddingDetails? valid, SamePaddingDetails? same)
    {
        EdgeSizesDetails[] borders = valid?.PaddingAmounts?.BorderAmounts.ToArray() ?? [];
        long[] begins = borders.Length == kernel.Count ? borders.Select(border => LayerContext.Count(border.StartEdgeSize)).ToArray() : new long[kernel.Count];
        long[] ends = borders.Length == kernel.Count ? borders.Select(border => LayerContext.Count(border.EndEdgeSize)).ToArray() : new long[kernel.Count];
        return new LayerWindow(kernel, OrOnes(strides, kernel.Count), OrOnes(dilations, kernel.Count), begins, ends)
        {
            IsSame = same is not null,
            ExtraAtStart = same?.AsymmetryMode == TopLeftHeavy,
        };
    }

    /// <summary>Elements between the window's first and last, both counted.</summary>
    public long Span(int axis) => checked(((Kernel[axis] - 1) * Dilations[axis]) + 1);

    /// <summary>The padding for an input of known size.</summary>
    public (long Begin, long End) PadsFor(int axis, long size)
    {
        if (!IsSame)
        {
            return (Begins[axis], Ends[axis]);
        }

        long windows = (size + Strides[axis] - 1) / Strides[axis];
        return Halves(Math.Max(((windows - 1) * Strides[axis]) + Span(axis) - size, 0));
    }

    /// <summary>A padding of both ends in its parts.</summary>
    public (long Begin, long End) Halves(long total) => ExtraAtStart ? ((total + 1) / 2, total / 2) : (total / 2, (total + 1) / 2);

    /// <summary>How many windows fit; -1 for an input of unknown size.</summary>
    public long CountFor(int axis, long size)
    {
        if (size < 0)
        {
            return -1;
        }

        (long begin, long end) = PadsFor(axis, size);
        return ((size + begin + end - Span(axis)) / Strides[axis]) + 1;
    }

    private static long[] OrOnes(IReadOnlyList<ulong> values, int count)
    {
        long[] numbers = values.Count == count ? LayerContext.Counts(values) : Enumerable.Repeat(1L, count).ToArray();
        return numbers.All(number => number > 0) ? numbers : throw new NotTranslatableException("its stride or dilation is 0.");
    }
}
