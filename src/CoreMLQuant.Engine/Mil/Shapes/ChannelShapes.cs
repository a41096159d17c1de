using System.Collections.Generic;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Operations with parameters that hold a value for each channel, and outputs like their inputs.</summary>
internal static class ChannelShapes
{
    private const int ChannelAxis = 1;

    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        ShapeRule.Of("batch_norm", inputs => ByChannel(inputs, "mean", "variance", "gamma", "beta")),
        ShapeRule.Of("instance_norm", inputs => ByChannel(inputs, "gamma", "beta")),
        ShapeRule.Of("prelu", inputs => ByChannel(inputs, "alpha")),
        ShapeRule.Of("softplus_parametric", inputs => ByChannel(inputs, "alpha", "beta")),
    ];

    private static InferredType ByChannel(OperationInputs inputs, params string[] parameters)
    {
        InferredType x = inputs.Type("x");
        if (x.Sizes is { Count: > ChannelAxis } sizes)
        {
            foreach (string parameter in parameters)
            {
                if (inputs.Type(parameter).Sizes is [var count])
                {
                    ShapeArithmetic.Same(sizes[ChannelAxis], count, $"its channels and the values of its {parameter}");
                }
            }
        }

        return x;
    }
}
