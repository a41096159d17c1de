using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Comparisons and logic.</summary>
internal static class ComparisonForms
{
    private static readonly (string Type, string Operator)[] Orders =
        [("greater", "Greater"), ("greater_equal", "GreaterOrEqual"), ("less", "Less"), ("less_equal", "LessOrEqual"), ("equal", "Equal")];

    private static readonly (string Type, string Operator)[] Logic = [("logical_and", "And"), ("logical_or", "Or"), ("logical_xor", "Xor")];

    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        .. Orders.Select(pair => OperationForm.Moving(pair.Type, context => Compared(context, pair.Operator))),
        .. Logic.Select(pair => OperationForm.Moving(pair.Type, context => context.Graph.Truth(pair.Operator, Truth(context, "x"), Truth(context, "y")))),
        OperationForm.Moving("not_equal", context => context.Graph.Not(Compared(context, "Equal"))),
        OperationForm.Moving("logical_not", context => context.Graph.Not(Truth(context, "x"))),
    ];

    private static OnnxValue Truth(OperationContext context, string name) => context.Graph.Cast(context.Input(name), OnnxTensorType.Bool);

    // Truth values have an order in Core ML and none in ONNX.
    private static OnnxValue Compared(OperationContext context, string operatorType)
    {
        OnnxValue x = Number(context, "x");
        return context.Graph.Truth(operatorType, x, context.Graph.Cast(Number(context, "y"), x.Type));
    }

    private static OnnxValue Number(OperationContext context, string name) =>
        context.Input(name) is { Type: OnnxTensorType.Bool } truth ? context.Graph.Cast(truth, OnnxTensorType.Int32) : context.Input(name);
}
