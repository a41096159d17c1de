using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Operations that compute each element on its own.</summary>
internal static class ElementwiseShapes
{
    private static readonly string[] Unary =
    [
        "abs", "acos", "asin", "atan", "atanh", "ceil", "clip", "cos", "cosh", "erf", "exp", "exp2", "floor", "inverse", "log", "round", "rsqrt", "sign", "sin", "sinh",
        "sqrt", "square", "tan", "tanh", "threshold", "relu", "relu6", "sigmoid", "softplus", "softsign", "elu", "leaky_relu", "clamped_relu", "gelu", "silu",
        "linear_activation", "scaled_tanh", "sigmoid_hard", "thresholded_relu",
    ];

    private static readonly string[] Binary = ["add", "sub", "mul", "maximum", "minimum", "pow", "mod", "floor_div"];

    private static readonly string[] Truths = ["equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "logical_and", "logical_or", "logical_xor"];

    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        .. Unary.Select(type => ShapeRule.Of(type, inputs => inputs.Type("x"))),
        .. Binary.Select(type => ShapeRule.Of(type, Combined)),
        .. Truths.Select(type => ShapeRule.Of(type, inputs => Combined(inputs).As(ElementType.Boolean))),

        // Integers are divided to integers or to floats, as the program declares.
        ShapeRule.Of("real_div", inputs => Combined(inputs) is var result && result.ElementType is ElementType.Float16 or ElementType.Float32 ? result : result.As(ElementType.Unknown)),
        ShapeRule.Of("logical_not", inputs => inputs.Type("x").As(ElementType.Boolean)),
        ShapeRule.Of("cast", inputs => inputs.Type("x").As(inputs.NamedType("dtype", ElementType.Unknown))),
        ShapeRule.Of("select", Selected),
    ];

    private static InferredType Combined(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x"), y = inputs.Type("y");
        return new InferredType(InferredType.CommonElementType(x, y), ShapeArithmetic.Broadcast(x.Sizes, y.Sizes));
    }

    // A condition larger than both choices is declared differently by different converters.
    private static InferredType Selected(OperationInputs inputs)
    {
        InferredType a = inputs.Type("a"), b = inputs.Type("b");
        IReadOnlyList<long>? choices = ShapeArithmetic.Broadcast(a.Sizes, b.Sizes), all = ShapeArithmetic.Broadcast(choices, inputs.Type("cond").Sizes);
        bool isAsChoices = choices is not null && all is not null && choices.SequenceEqual(all);
        return new InferredType(InferredType.CommonElementType(a, b), isAsChoices ? choices : null);
    }
}
