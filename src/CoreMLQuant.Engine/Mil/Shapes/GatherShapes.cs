using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Operations that take elements by index, or put them in.</summary>
internal static class GatherShapes
{
    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        ShapeRule.Of("gather", Gather),
        ShapeRule.Of("gather_along_axis", inputs => inputs.Type("x").With(inputs.Type("indices").Sizes)),
        ShapeRule.Of("gather_nd", ByPositions),
        ShapeRule.Of("scatter", inputs => inputs.Type("data")),
        ShapeRule.Of("scatter_along_axis", inputs => inputs.Type("data")),
        ShapeRule.Of("scatter_nd", inputs => inputs.Type("data")),
    ];

    private static InferredType Gather(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (x.Sizes is not { Count: > 0 } sizes || inputs.Type("indices").Sizes is not { } indices
            || inputs.Integer("axis", 0) is not { } axis || inputs.Integer("batch_dims", 0) is not { } batch)
        {
            return x.With(null);
        }

        int at = ShapeArithmetic.Axis(axis, sizes.Count);
        int shared = (int)(batch < 0 ? batch + indices.Count : batch);
        return x.With(shared >= 0 && shared <= indices.Count && shared <= at
            ? [.. sizes.Take(at), .. indices.Skip(shared), .. sizes.Skip(at + 1)]
            : throw new ShapeContradictionException($"it has {batch} batch axes of indices of the shape {ShapeArithmetic.Text(indices)} and takes along axis {at}."));
    }

    // The last axis of the indices holds the coordinates.
    private static InferredType ByPositions(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (x.Sizes is not { } sizes || inputs.Type("indices").Sizes is not { Count: > 0 } indices
            || inputs.Integer("batch_dims", 0) is not (>= 0 and { } batch) || indices[indices.Count - 1] is not (>= 0 and { } coordinates))
        {
            return x.With(null);
        }

        return x.With(batch + coordinates <= sizes.Count
            ? [.. indices.Take(indices.Count - 1), .. sizes.Skip((int)(batch + coordinates))]
            : throw new ShapeContradictionException($"its indices have {coordinates} coordinates after {batch} batch axes; its input has {sizes.Count} axes."));
    }
}
