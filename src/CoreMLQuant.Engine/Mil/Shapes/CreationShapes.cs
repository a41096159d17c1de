using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Operations that make tensors of sizes or of counts.</summary>
internal static class CreationShapes
{
    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        ShapeRule.Of("fill", inputs => Filled(inputs, "value")),
        ShapeRule.Of("fill_like", inputs => new InferredType(inputs.Type("value").ElementType, inputs.Type("ref_tensor").Sizes)),
        ShapeRule.Of("random_bernoulli", inputs => Filled(inputs, "prob")),
        ShapeRule.Of("random_normal", inputs => Filled(inputs, "mean")),
        ShapeRule.Of("random_uniform", inputs => Filled(inputs, "low")),
        ShapeRule.Of("range_1d", Range),
        ShapeRule.Of("shape", inputs => new InferredType(ElementType.Int32, [inputs.Type("x").Rank ?? InferredType.UnknownSize])),
        ShapeRule.Of("non_zero", inputs => new InferredType(ElementType.Int32, [InferredType.UnknownSize, inputs.Type("x").Rank ?? InferredType.UnknownSize])),
        ShapeRule.Of("one_hot", OneHot),
        ShapeRule.Of("list_length", _ => new InferredType(ElementType.Int32, [])),
    ];

    private static InferredType Filled(OperationInputs inputs, string value)
    {
        IReadOnlyList<long>? sizes = inputs.Integers("shape") is { } shape ? shape.Select(size => size > 0 ? size : InferredType.UnknownSize).ToArray()
            : inputs.Types("shape") is [{ Sizes: [>= 0 and <= 16 and var rank] }] ? ShapeArithmetic.UnknownSizes((int)rank)
            : null;
        return new InferredType(inputs.Type(value).ElementType, sizes);
    }

    private static InferredType Range(OperationInputs inputs)
    {
        long count = inputs.Integer("start") is { } start && inputs.Integer("end") is { } end && inputs.Integer("step") is (> 0 and { } step) && end > start
            ? ((end - start - 1) / step) + 1
            : InferredType.UnknownSize;
        return new InferredType(inputs.Type("start").ElementType, [count]);
    }

    private static InferredType OneHot(OperationInputs inputs)
    {
        ElementType type = inputs.Type("on_value").ElementType;
        if (inputs.Type("indices").Sizes is not { } sizes || inputs.Integer("axis", -1) is not { } axis)
        {
            return new InferredType(type, null);
        }

        int at = ShapeArithmetic.Axis(axis, sizes.Count + 1);
        long count = inputs.Integer("one_hot_vector_size") is (> 0 and { } known) ? known : InferredType.UnknownSize;
        return new InferredType(type, [.. sizes.Take(at), count, .. sizes.Skip(at)]);
    }
}
