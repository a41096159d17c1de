using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Operations that cut a part out of a tensor, or put one in.</summary>
internal static class SliceShapes
{
    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        ShapeRule.Of("slice_by_index", ByIndex),
        ShapeRule.Of("slice_by_size", BySize),
        ShapeRule.Of("slice_update", inputs => inputs.Type("x")),
        ShapeRule.Of("crop", Crop),
        ShapeRule.Of("sliding_windows", Windows),
    ];

    private static InferredType ByIndex(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (x.Sizes is not { } sizes || Mask("begin_mask") is not { } fromStart || Mask("end_mask") is not { } toEnd || Mask("squeeze_mask") is not { } squeezed)
        {
            return x.With(null);
        }

        IReadOnlyList<long>? begin = Bound("begin"), end = Bound("end"), stride = inputs.Has("stride") ? Bound("stride") : sizes.Select(_ => 1L).ToArray();
        var kept = new List<long>();
        for (int axis = 0; axis < sizes.Count; axis++)
        {
            if (!squeezed[axis])
            {
                long size = stride is null ? InferredType.UnknownSize
                    : Cut(sizes[axis], fromStart[axis] ? 0 : begin?[axis], toEnd[axis] ? long.MaxValue : end?[axis], stride[axis], fromStart[axis] && toEnd[axis]);
                kept.Add(size);
            }
        }

        return x.With(kept);

        bool[]? Mask(string name) => inputs.Has(name) ? OfRank(name)?.Select(flag => flag != 0).ToArray() : new bool[sizes!.Count];

        IReadOnlyList<long>? Bound(string name) => OfRank(name);

        IReadOnlyList<long>? OfRank(string name) => inputs.Integers(name) is not { } numbers || numbers.Count == sizes!.Count
            ? inputs.Integers(name)
            : throw new ShapeContradictionException($"its {name} has {numbers.Count} values for {sizes.Count} axes.");
    }

    // What is empty, or is cut backwards, is not sure: tools have given such bounds different meanings.
    private static long Cut(long size, long? begin, long? end, long stride, bool isWhole)
    {
        if (isWhole)
        {
            return stride == 0 ? InferredType.UnknownSize : ShapeArithmetic.Map(size, known => ((known - 1) / Math.Abs(stride)) + 1);
        }

        if (!ShapeArithmetic.IsKnown(size) || begin is not { } first || end is not { } last || stride <= 0)
        {
            return InferredType.UnknownSize;
        }

        first = Math.Min(first < 0 ? first + size : first, size);
        last = Math.Min(last < 0 ? last + size : last, size);
        return first >= 0 && last > first ? ((last - first - 1) / stride) + 1 : InferredType.UnknownSize;
    }

    private static InferredType BySize(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (x.Sizes is not { } sizes)
        {
            return x;
        }

        if (inputs.Integers("size") is not { } wanted || wanted.Count != sizes.Count)
        {
            return x.With(ShapeArithmetic.UnknownSizes(sizes.Count));
        }

        IReadOnlyList<long>? begin = inputs.Integers("begin");
        return x.With(wanted.Select((size, axis) =>
            size >= 0 ? size
            : begin?.Count == sizes.Count && begin[axis] >= 0 ? ShapeArithmetic.Map(sizes[axis], known => Math.Max(known - begin[axis], InferredType.UnknownSize))
            : InferredType.UnknownSize).ToArray());
    }

    private static InferredType Crop(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        return x.With(x.Sizes is not { Count: > 2 } sizes ? null
            : [.. sizes.Take(sizes.Count - 2), Cropped(sizes[sizes.Count - 2], inputs.Integers("crop_height")), Cropped(sizes[sizes.Count - 1], inputs.Integers("crop_width"))]);
    }

    private static long Cropped(long size, IReadOnlyList<long>? edges) =>
        edges is [var front, var back] ? ShapeArithmetic.Map(size, known => Math.Max(known - front - back, InferredType.UnknownSize)) : InferredType.UnknownSize;

    // An axis becomes two: the windows, and the elements of each.
    private static InferredType Windows(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (x.Sizes is not { } sizes || inputs.Integer("axis") is not { } axis || inputs.Integer("size") is not (> 0 and { } size) || inputs.Integer("stride", 1) is not (> 0 and { } stride))
        {
            return x.With(null);
        }

        int at = ShapeArithmetic.Axis(axis, sizes.Count);
        long count = ShapeArithmetic.Map(sizes[at], known => known < size ? InferredType.UnknownSize : ((known - size) / stride) + 1);
        return x.With([.. sizes.Take(at), count, size, .. sizes.Skip(at + 1)]);
    }
}
