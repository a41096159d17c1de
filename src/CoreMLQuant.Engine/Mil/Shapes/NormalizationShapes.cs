using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Operations that look at several elements and give as many back: normalizations, sums along an axis, bands of a matrix.</summary>
internal static class NormalizationShapes
{
    private static readonly string[] Plain = ["l2_norm", "local_response_norm", "band_part", "reverse", "reverse_sequence"];

    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        .. Plain.Select(type => ShapeRule.Of(type, inputs => inputs.Type("x"))),
        ShapeRule.Of("softmax", inputs => AlongAxis(inputs, -1)),
        ShapeRule.Of("cumsum", inputs => AlongAxis(inputs, 0)),
        ShapeRule.Of("layer_norm", ByLayer),
    ];

    private static InferredType AlongAxis(OperationInputs inputs, long otherwise)
    {
        InferredType x = inputs.Type("x");
        if (x.Rank is > 0 and { } rank && inputs.Integer("axis", otherwise) is { } axis)
        {
            ShapeArithmetic.Axis(axis, rank);
        }

        return x;
    }

    private static InferredType ByLayer(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (x.Sizes is { } sizes && inputs.Integers("axes") is { } axes)
        {
            long[] normalized = axes.Select(axis => ShapeArithmetic.Axis(axis, sizes.Count)).OrderBy(axis => axis).Select(axis => sizes[axis]).ToArray();
            foreach (string parameter in new[] { "gamma", "beta" })
            {
                if (inputs.Type(parameter).Sizes is { } own && !ShapeArithmetic.MayBeEqual(own, normalized))
                {
                    throw new ShapeContradictionException($"its {parameter} has the shape {ShapeArithmetic.Text(own)}; the normalized axes have {ShapeArithmetic.Text(normalized)}.");
                }
            }
        }

        return x;
    }
}
