using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Operations that make one number of each row, and those that order rows.</summary>
internal static class ReductionShapes
{
    private static readonly string[] Reductions =
    [
        "reduce_l1_norm", "reduce_l2_norm", "reduce_log_sum", "reduce_log_sum_exp", "reduce_max", "reduce_mean", "reduce_min", "reduce_prod", "reduce_sum", "reduce_sum_square",
    ];

    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        .. Reductions.Select(type => ShapeRule.Of(type, inputs => Reduced(inputs, inputs.Has("axes") ? inputs.Integers("axes") : EveryAxis(inputs.Type("x"))))),
        ShapeRule.Of("reduce_argmax", Position),
        ShapeRule.Of("reduce_argmin", Position),
        ShapeRule.Of("argsort", inputs => inputs.Type("x").As(ElementType.Int32)),
        new ShapeRule("topk", Largest),
    ];

    private static IReadOnlyList<long>? EveryAxis(InferredType x) => x.Rank is { } rank ? Enumerable.Range(0, rank).Select(axis => (long)axis).ToArray() : null;

    private static InferredType Position(OperationInputs inputs)
    {
        IReadOnlyList<long>? axes = inputs.Integer("axis", -1) is { } axis ? [axis] : null;
        return Reduced(inputs, axes).As(inputs.NamedType("output_dtype", ElementType.Int32));
    }

    private static InferredType Reduced(OperationInputs inputs, IReadOnlyList<long>? axes)
    {
        InferredType x = inputs.Type("x");

        // No axes at all mean none or all of them.
        if (x.Sizes is not { } sizes || axes is null || (axes.Count == 0 && sizes.Count > 0) || inputs.Flag("keep_dims", false) is not { } keeps)
        {
            return x.With(null);
        }

        var reduced = new HashSet<int>(axes.Select(axis => ShapeArithmetic.Axis(axis, sizes.Count)));
        return x.With(keeps
            ? sizes.Select((size, axis) => reduced.Contains(axis) ? 1 : size).ToArray()
            : sizes.Where((_, axis) => !reduced.Contains(axis)).ToArray());
    }

    private static IReadOnlyList<InferredType>? Largest(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (inputs.Flag("return_indices", true) is not { } givesIndices)
        {
            return null;
        }

        IReadOnlyList<long>? sizes = null;
        if (x.Sizes is { } own && inputs.Integer("axis", -1) is { } axis)
        {
            int at = ShapeArithmetic.Axis(axis, own.Count);
            long count = inputs.Integer("k", 1) ?? InferredType.UnknownSize;
            if (count == -1 && inputs.Integer("k", 1) is not null)
            {
                count = own[at];
            }

            sizes = ShapeArithmetic.Replace(own, at, count);
        }

        InferredType values = x.With(sizes);
        return givesIndices ? [values, values.As(inputs.NamedType("output_indices_dtype", ElementType.Int32))] : [values];
    }
}
