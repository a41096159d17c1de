using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Functions of each element, of one operand or two.</summary>
internal static class ElementwiseForms
{
    private static readonly (string Type, string Operator)[] SameFunctions =
    [
        ("acos", "Acos"), ("asin", "Asin"), ("atan", "Atan"), ("atanh", "Atanh"), ("cos", "Cos"), ("cosh", "Cosh"), ("erf", "Erf"),
        ("exp", "Exp"), ("sin", "Sin"), ("sinh", "Sinh"), ("sqrt", "Sqrt"), ("tan", "Tan"),
    ];

    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        .. SameFunctions.Select(pair => OperationForm.Of(pair.Type, context => context.Graph.Unary(pair.Operator, Float(context, context.Input("x"))))),
        OperationForm.Of("add", context => context.Graph.Plus(context.Input("x"), context.Input("y"))),
    ];

    private static OnnxValue Float(OperationContext context, OnnxValue x) => context.Graph.Cast(x, OnnxTensorType.Float);
}
