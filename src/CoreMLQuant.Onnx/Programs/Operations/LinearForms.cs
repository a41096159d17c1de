using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Matrix products.</summary>
internal static class LinearForms
{
    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Of("linear", context => MatrixNodes.TimesTransposed(context.Graph, context.Floats("x"), context.Floats("weight"), context.Has("bias") ? context.Floats("bias") : null)),
        OperationForm.Of("matmul", Product),
        OperationForm.Of("einsum", Einsum),
        OperationForm.Of("scaled_dot_product_attention", Attention) with { Trap = "True in a mask means: takes part." },
    ];

    private static OnnxValue Product(OperationContext context)
    {
        OnnxValue x = context.Input("x"), y = context.Graph.Cast(context.Input("y"), x.Type);
        bool isConstantMatrix = y is { Graph: null, Rank: 2, IsFloat: true } && x.Rank >= 2;
        bool transposesX = context.Flag("transpose_x", false), transposesY = context.Flag("transpose_y", false);
        x = transposesX ? MatrixNodes.Transposed(context.Graph, x) : x;
        return transposesY && isConstantMatrix
            ? MatrixNodes.TimesTransposed(context.Graph, x, y, null)
            : context.Graph.MatMul(x, transposesY ? MatrixNodes.Transposed(context.Graph, y) : y);
    }

    private static OnnxValue Einsum(OperationContext context)
    {
        OnnxValue[] values = context.Inputs("values").ToArray();
        return values.Length > 0
            ? context.Graph.Add("Einsum", values[0].Type, null, values, OnnxAttributes.Text("equation", context.Text("equation", string.Empty)))
            : throw new NotTranslatableException("it has no values.");
    }

    private static OnnxValue Attention(OperationContext context)
    {
        OnnxValue query = context.Input("query");
        long width = query.Dimension(context.Rank(query) - 1);
        return MatrixNodes.Attention(context.Graph, query, context.Input("key"), context.Input("value"), context.Optional("attn_mask"), width);
    }
}
