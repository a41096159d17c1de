using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Reductions of axes to one number.</summary>
internal static class ReductionForms
{
    private static readonly (string Type, string Operator)[] Reductions =
    [
        ("reduce_l1_norm", "ReduceL1"), ("reduce_l2_norm", "ReduceL2"), ("reduce_log_sum", "ReduceLogSum"), ("reduce_log_sum_exp", "ReduceLogSumExp"),
        ("reduce_max", "ReduceMax"), ("reduce_mean", "ReduceMean"), ("reduce_min", "ReduceMin"), ("reduce_prod", "ReduceProd"),
        ("reduce_sum", "ReduceSum"), ("reduce_sum_square", "ReduceSumSquare"),
    ];

    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        .. Reductions.Select(pair => OperationForm.Of(pair.Type, context => Reduced(context, pair.Operator))),
        OperationForm.Moving("reduce_argmax", context => Position(context, "ArgMax")) with { Trap = "The first of equal ones." },
        OperationForm.Moving("reduce_argmin", context => Position(context, "ArgMin")) with { Trap = "The first of equal ones." },
    ];

    private static OnnxValue Reduced(OperationContext context, string operatorType)
    {
        IReadOnlyList<long>? axes = context.Has("axes") ? context.Integers("axes") : null;
        return context.Graph.Reduce(operatorType, context.Input("x"), axes, context.Flag("keep_dims", false));
    }

    private static OnnxValue Position(OperationContext context, string operatorType)
    {
        OnnxValue x = context.Input("x");
        long axis = context.Integer("axis", -1);
        bool keeps = context.Flag("keep_dims", false);
        return context.Graph.Add(
            operatorType,
            OnnxTensorType.Int64,
            ReductionNodes.Reduced(x.Shape, [axis], keeps),
            [x],
            OnnxAttributes.Integer("axis", axis),
            OnnxAttributes.Flag("keepdims", keeps));
    }
}
