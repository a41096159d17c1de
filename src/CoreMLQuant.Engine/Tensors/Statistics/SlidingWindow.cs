using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Tensors.Statistics;

/// <summary>The window that a convolution moves over its spatial axes.</summary>
/// <param name="Kernel">Its sizes.</param>
/// <param name="Strides">Its steps.</param>
/// <param name="Dilations">Distances of its elements.</param>
/// <param name="Begins">Padding in front of each axis; not used when <paramref name="IsSame"/>.</param>
/// <param name="Ends">Padding at the end of each axis; not used when <paramref name="IsSame"/>.</param>
/// <param name="IsSame">Whether the padding makes the output as large as the input over the stride.</param>
/// <param name="ExtraAtStart">Whether an odd padding of that kind has its extra element at the start.</param>
internal sealed record SlidingWindow(
    IReadOnlyList<int> Kernel,
    IReadOnlyList<int> Strides,
    IReadOnlyList<int> Dilations,
    IReadOnlyList<int> Begins,
    IReadOnlyList<int> Ends,
    bool IsSame = false,
    bool ExtraAtStart = false)
{
    /// <summary>Elements under the kernel, of one channel.</summary>
    public int KernelSize => Kernel.Aggregate(1, (product, size) => checked(product * size));

    /// <summary>What tells it from other windows.</summary>
    public string Key => string.Join(
        ";",
        new[] { Kernel, Strides, Dilations, IsSame ? [] : Begins, IsSame ? [] : Ends }
            .Select(numbers => string.Join(",", numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))))
            .Append(IsSame ? ExtraAtStart ? "same_lower" : "same" : "custom"));

    /// <summary>Padding in front of an axis.</summary>
    public int BeginOf(int axis, long size)
    {
        long total = IsSame ? Math.Max(((CountOn(axis, size) - 1) * Strides[axis]) + Span(axis) - size, 0) : 0;
        return !IsSame ? Begins[axis] : (int)(ExtraAtStart ? (total + 1) / 2 : total / 2);
    }

    /// <summary>Places of the window on an axis; 0 where it does not fit.</summary>
    public long CountOn(int axis, long size) => IsSame
        ? (size + Strides[axis] - 1) / Strides[axis]
        : Math.Max(0, ((size + Begins[axis] + Ends[axis] - Span(axis)) / Strides[axis]) + 1);

    private long Span(int axis) => ((Kernel[axis] - 1L) * Dilations[axis]) + 1;
}
