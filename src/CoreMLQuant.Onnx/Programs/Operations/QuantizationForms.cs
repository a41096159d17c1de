using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Quantization of activations, composed of floats: a session would fuse ONNX's own operators to kernels that round otherwise.</summary>
internal static class QuantizationForms
{
    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Of("quantize", Quantize),
        OperationForm.Of("dequantize", Dequantize),
    ];

    private static OnnxValue Quantize(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        (float low, float high) = context.OutputType() switch
        {
            ElementType.Int8 => (-128f, 127f),
            ElementType.UInt8 => (0f, 255f),
            ElementType.Int4 => (-8f, 7f),
            ElementType.UInt4 => (0f, 15f),
            var other => throw new NotTranslatableException($"it gives {other}, which is no quantized type."),
        };
        OnnxValue scaled = graph.Unary("Round", graph.Over(context.Floats("input"), AlongAxis(context, "scale")));
        OnnxValue shifted = context.Has("zero_point") ? graph.Plus(scaled, AlongAxis(context, "zero_point")) : scaled;
        return graph.Clipped(shifted, graph.Constants.Float(low), graph.Constants.Float(high));
    }

    private static OnnxValue Dequantize(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue codes = context.Floats("input");
        OnnxValue shifted = context.Has("zero_point") ? graph.Minus(codes, AlongAxis(context, "zero_point")) : codes;
        return graph.Times(shifted, AlongAxis(context, "scale"));
    }

    private static OnnxValue AlongAxis(OperationContext context, string name)
    {
        OnnxValue value = context.Floats(name);
        if (value.Rank == 0)
        {
            return value;
        }

        int rank = context.Rank(context.Input("input")), axis = ShapeArithmetic.Axis(context.Integer("axis", 0), rank);
        return context.Graph.Reshape(value, [-1, .. Enumerable.Repeat(1L, rank - 1 - axis)]);
    }
}
