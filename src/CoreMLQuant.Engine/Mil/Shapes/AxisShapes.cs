using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Operations that add axes, remove them or change their order, and padding.</summary>
internal static class AxisShapes
{
    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        ShapeRule.Of("transpose", Transpose),
        ShapeRule.Of("expand_dims", Expand),
        ShapeRule.Of("squeeze", Squeeze),
        ShapeRule.Of("pad", Pad),
    ];

    private static InferredType Transpose(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (x.Sizes is not { } sizes)
        {
            return x;
        }

        if (inputs.Integers("perm") is not { } order)
        {
            return x.With(ShapeArithmetic.UnknownSizes(sizes.Count));
        }

        int[] axes = order.Select(axis => ShapeArithmetic.Axis(axis, sizes.Count)).ToArray();
        return axes.Length == sizes.Count && axes.Distinct().Count() == axes.Length
            ? x.With(axes.Select(axis => sizes[axis]).ToArray())
            : throw new ShapeContradictionException($"its perm is {ShapeArithmetic.Text(order)}, which is no order of {sizes.Count} axes.");
    }

    private static InferredType Expand(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (x.Sizes is not { } sizes || inputs.Integers("axes") is not { } axes)
        {
            return x.With(null);
        }

        int rank = sizes.Count + axes.Count;
        var added = new HashSet<int>(axes.Select(axis => ShapeArithmetic.Axis(axis, rank)));
        if (added.Count != axes.Count)
        {
            throw new ShapeContradictionException("it adds one axis twice.");
        }

        var own = new Queue<long>(sizes);
        return x.With(Enumerable.Range(0, rank).Select(axis => added.Contains(axis) ? 1 : own.Dequeue()).ToArray());
    }

    private static InferredType Squeeze(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (x.Sizes is not { } sizes)
        {
            return x;
        }

        if (!inputs.Has("axes"))
        {
            return x.With(sizes.All(ShapeArithmetic.IsKnown) ? sizes.Where(size => size != 1).ToArray() : null);
        }

        if (inputs.Integers("axes") is not { } axes)
        {
            return x.With(null);
        }

        var removed = new HashSet<int>(axes.Select(axis => ShapeArithmetic.Axis(axis, sizes.Count)));
        foreach (int axis in removed)
        {
            ShapeArithmetic.Same(1, sizes[axis], $"the sizes of an axis that is removed and of axis {axis}");
        }

        return x.With(sizes.Where((_, axis) => !removed.Contains(axis)).ToArray());
    }

    // A pair of start and end for each of the last axes.
    private static InferredType Pad(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        inputs.Choice("mode", "constant", "constant", "reflect", "replicate");
        if (x.Sizes is not { } sizes)
        {
            return x;
        }

        if (inputs.Integers("pad") is not { } pads)
        {
            return x.With(ShapeArithmetic.UnknownSizes(sizes.Count));
        }

        int first = sizes.Count - (pads.Count / 2);
        return pads.Count % 2 == 0 && first >= 0
            ? x.With(sizes.Select((size, axis) => axis < first ? size : ShapeArithmetic.Map(size, known => checked(known + pads[2 * (axis - first)] + pads[(2 * (axis - first)) + 1]))).ToArray())
            : throw new ShapeContradictionException($"its pad has {pads.Count} values for {sizes.Count} axes; it has two for each of the last ones.");
    }
}
