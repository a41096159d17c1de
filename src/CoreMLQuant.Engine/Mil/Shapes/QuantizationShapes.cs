using System.Collections.Generic;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Operations between floats and 8-bit integers: one scale for the tensor, or one for each position along an axis.</summary>
internal static class QuantizationShapes
{
    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        ShapeRule.Of("quantize", inputs => Scaled(inputs, IntegersOf(inputs)).As(IntegersOf(inputs))),
        ShapeRule.Of("dequantize", inputs => Scaled(inputs, inputs.Type("input").ElementType).As(inputs.Type("scale").ElementType)),
    ];

    private static ElementType IntegersOf(OperationInputs inputs) => inputs.Choice("output_dtype", null, "int8", "uint8") is { } name
        ? ElementTypeNames.Find(name) ?? ElementType.Unknown
        : ElementType.Unknown;

    private static InferredType Scaled(OperationInputs inputs, ElementType integers)
    {
        InferredType input = inputs.Type("input"), scale = inputs.Type("scale"), zeroPoint = inputs.Type("zero_point");
        if (zeroPoint.ElementType != ElementType.Unknown && integers != ElementType.Unknown && zeroPoint.ElementType != integers)
        {
            throw new ShapeContradictionException($"its zero_point is {MilTypes.Spelling(zeroPoint.ElementType)} and its integers are {MilTypes.Spelling(integers)}.");
        }

        if (scale.Rank is > 1)
        {
            throw new ShapeContradictionException($"its scale has {scale.Rank} dimensions; it is one number, or one for each position along an axis.");
        }

        if (scale.Rank != zeroPoint.Rank && scale.Rank is not null && zeroPoint.Rank is not null)
        {
            throw new ShapeContradictionException($"its scale is {scale} and its zero_point {zeroPoint}; they must have the same dimensions.");
        }

        if (scale.Rank is { } rank && (rank == 1) != inputs.Has("axis"))
        {
            throw new ShapeContradictionException(rank == 0 ? "it has an axis, but one scale for the whole tensor." : "it has a scale for each position along an axis, but no axis.");
        }

        if (scale.Sizes is [var scales] && input.Sizes is { } sizes && inputs.Integer("axis") is { } axis)
        {
            ShapeArithmetic.Same(sizes[ShapeArithmetic.Axis(axis, sizes.Count)], scales, "the positions along its axis and its scales");
        }

        return input;
    }
}
