using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Onnx.Schema;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>The window that a convolution or a pooling moves over the spatial axes, which come after batch and channels.</summary>
internal sealed class SpatialWindow
{
    private SpatialWindow(string padType, IReadOnlyList<long> kernel, IReadOnlyList<long> strides, IReadOnlyList<long> dilations, IReadOnlyList<long> pad)
    {
        IsSame = padType is "same" or "same_lower";
        ExtraAtStart = padType == "same_lower";
        Kernel = kernel;
        Strides = strides;
        Dilations = dilations;
        Begins = kernel.Select((_, i) => pad[2 * i]).ToArray();
        Ends = kernel.Select((_, i) => pad[(2 * i) + 1]).ToArray();
    }

    /// <summary>Whether the padding makes the output as large as the input over the stride.</summary>
    public bool IsSame { get; }

    /// <summary>Whether an odd padding of that kind has its extra element at the start.</summary>
    public bool ExtraAtStart { get; }

    /// <summary>Sizes of the window.</summary>
    public IReadOnlyList<long> Kernel { get; }

    /// <summary>Its steps.</summary>
    public IReadOnlyList<long> Strides { get; }

    /// <summary>Distances of its elements.</summary>
    public IReadOnlyList<long> Dilations { get; }

    /// <summary>Padding in front, where the operation gives it.</summary>
    public IReadOnlyList<long> Begins { get; }

    /// <summary>Padding at the end, where the operation gives it.</summary>
    public IReadOnlyList<long> Ends { get; }

    /// <summary>Reads the parameters <c>strides</c>, <c>pad_type</c>, <c>pad</c> and <c>dilations</c>.</summary>
    public static SpatialWindow Of(OperationContext context, IReadOnlyList<long> kernel, bool withDilations)
    {
        string padType = context.Text("pad_type", "valid");
        if (padType is not ("valid" or "custom" or "same" or "same_lower"))
        {
            throw new NotTranslatableException($"its pad_type '{padType}' is not known.");
        }

        long[] ones = kernel.Select(_ => 1L).ToArray();
        IReadOnlyList<long> strides = context.Has("strides") ? context.Integers("strides") : ones;
        IReadOnlyList<long> dilations = withDilations && context.Has("dilations") ? context.Integers("dilations") : ones;
        IReadOnlyList<long> pad = padType == "custom" && context.Has("pad") ? context.Integers("pad") : new long[2 * kernel.Count];
        return strides.Count == kernel.Count && dilations.Count == kernel.Count && pad.Count == 2 * kernel.Count && strides.All(stride => stride > 0)
            ? new SpatialWindow(padType, kernel, strides, dilations, pad)
            : throw new NotTranslatableException($"its strides, dilations and padding do not fit a window of {kernel.Count} axes.");
    }

    /// <summary>Elements between the window's first and last, both counted.</summary>
    public long Span(int axis) => ((Kernel[axis] - 1) * Dilations[axis]) + 1;

    /// <summary>The padding of each spatial axis for an input of known size; <see langword="null"/> when it depends on a size that is not known.</summary>
    public (long[] Begins, long[] Ends)? PadsFor(OnnxValue x)
    {
        if (!IsSame)
        {
            return (Begins.ToArray(), Ends.ToArray());
        }

        long[] begins = new long[Kernel.Count], ends = new long[Kernel.Count];
        for (int i = 0; i < Kernel.Count; i++)
        {
            long size = x.Dimension(i + 2);
            if (size < 0)
            {
                return null;
            }

            long total = Math.Max(((((size + Strides[i] - 1) / Strides[i]) - 1) * Strides[i]) + Span(i) - size, 0);
            begins[i] = ExtraAtStart ? (total + 1) / 2 : total / 2;
            ends[i] = total - begins[i];
        }

        return (begins, ends);
    }

    /// <summary>Kernel, strides and padding as attributes.</summary>
    public IEnumerable<AttributeProto> Attributes(OnnxValue x) =>
    [
        OnnxAttributes.Integers("kernel_shape", Kernel),
        OnnxAttributes.Integers("strides", Strides),
        PadsFor(x) is var (begins, ends)
            ? OnnxAttributes.Integers("pads", begins.Concat(ends))
            : OnnxAttributes.Text("auto_pad", ExtraAtStart ? "SAME_LOWER" : "SAME_UPPER"),
    ];
}
