using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Matrix products, tables, scales, biases and constants: layers that are little more than their weights.</summary>
internal static class AffineForms
{
    private const long MaximumKnown = 1 << 20;

    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        LayerForm.Of(Kind.InnerProduct, InnerProduct) with { Trap = "Channels are the last axis, or the third from the end of blobs with height and width." },
        LayerForm.Of(Kind.BatchedMatmul, BatchedMatmul) with { Trap = "Weights are stored column by column; beside them nothing is transposed." },
        LayerForm.Of(Kind.Embedding, Embedding),
        LayerForm.Of(Kind.EmbeddingND, layer => Table(layer, layer.Layer.Message.EmbeddingND.HasBias, layer.Layer.Message.EmbeddingND.EmbeddingSize, layer.Layer.Message.EmbeddingND.VocabSize, -1)),
        LayerForm.Of(Kind.Scale, Scale),
        LayerForm.Of(Kind.Bias, layer => layer.Graph.Plus(layer.X, PerChannel(layer, "bias", layer.Layer.Message.Bias.Shape))),
        LayerForm.Of(Kind.LoadConstant, layer => Constant(layer, LayerContext.Counts(layer.Layer.Message.LoadConstant.Shape), layer.HasFiveAxes)),
        LayerForm.Of(Kind.LoadConstantND, layer => Constant(layer, LayerContext.Counts(layer.Layer.Message.LoadConstantND.Shape), hasFiveAxes: false)),
    ];

    private static OnnxValue InnerProduct(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        InnerProductLayerParams product = layer.Layer.Message.InnerProduct;
        long inputs = LayerContext.Count(product.InputChannels), outputs = LayerContext.Count(product.OutputChannels);
        OnnxValue weight = layer.Weight("weights", outputs, inputs);
        OnnxValue? bias = product.HasBias ? layer.OptionalWeight("bias", outputs) : null;
        OnnxValue x = layer.X;
        int rank = layer.Rank(x);
        bool isSpatial = layer.HasFiveAxes || (rank > LayerRanks.Image && x.Dimension(-1) is 1 or < 0 && x.Dimension(-2) is 1 or < 0 && inputs != 1);
        if (rank == 1)
        {
            return graph.Squeeze(Product(graph.Unsqueeze(x, 0)), 0);
        }

        if (!isSpatial)
        {
            return Product(x);
        }

        // Height and width are 1, or all three are one vector.
        OnnxValue vectors = rank >= LayerRanks.Image && x.Dimension(-1) == 1 && x.Dimension(-2) == 1
            ? graph.Squeeze(x, -1, -2)
            : graph.ReshapeTo(x, graph.Concat([.. Enumerable.Range(0, rank - LayerRanks.Image).Select(axis => graph.SizeOf(x, axis)), graph.Constants.Int64s([inputs])], 0));
        return graph.Unsqueeze(Product(vectors), -1, -2);

        OnnxValue Product(OnnxValue value) => MatrixNodes.TimesTransposed(graph, product.Int8DynamicQuantize ? Int8Rounded(graph, value) : value, weight, bias);
    }

    // The input is quantized to 8 bits at run time, by its largest magnitude.
    private static OnnxValue Int8Rounded(GraphBuilder graph, OnnxValue x)
    {
        OnnxValue largest = graph.Reduce("ReduceMax", graph.Unary("Abs", x), null, keepDimensions: false);
        OnnxValue step = graph.Binary("Max", graph.Over(largest, graph.Constants.Float(127)), graph.Constants.Float(float.Epsilon));
        return graph.Times(graph.Unary("Round", graph.Over(x, step)), step);
    }

    private static OnnxValue BatchedMatmul(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        BatchedMatMulLayerParams product = layer.Layer.Message.BatchedMatmul;
        if (layer.InputCount > 1)
        {
            OnnxValue a = product.TransposeA ? MatrixNodes.Transposed(graph, layer.X) : layer.X;
            return graph.MatMul(a, product.TransposeB ? MatrixNodes.Transposed(graph, layer.Input(1)) : layer.Input(1));
        }

        long inputs = LayerContext.Count(product.WeightMatrixFirstDimension), outputs = LayerContext.Count(product.WeightMatrixSecondDimension);
        OnnxValue? bias = product.HasBias ? layer.OptionalWeight("bias", outputs) : null;
        OnnxValue x = product.Int8DynamicQuantize ? Int8Rounded(graph, layer.X) : layer.X;
        return layer.Rank(x) == 1
            ? graph.Squeeze(MatrixNodes.TimesTransposed(graph, graph.Unsqueeze(x, 0), layer.Weight("weights", outputs, inputs), bias), 0)
            : MatrixNodes.TimesTransposed(graph, x, layer.Weight("weights", outputs, inputs), bias);
    }

    private static OnnxValue Embedding(LayerContext layer)
    {
        EmbeddingLayerParams table = layer.Layer.Message.Embedding;
        return Table(layer, table.HasBias, table.OutputChannels, table.InputDim, layer.Rank(layer.X) > LayerRanks.Image ? -LayerRanks.Image : -1);
    }

    // An axis of size 1 holds the indices and becomes the vector.
    private static OnnxValue Table(LayerContext layer, bool hasBias, ulong outputs, ulong entries, int axis)
    {
        GraphBuilder graph = layer.Graph;
        long width = LayerContext.Count(outputs);
        OnnxValue weight = graph.Transpose(layer.Weight("weights", width, LayerContext.Count(entries)), 1, 0);
        OnnxValue indices = graph.Squeeze(layer.Integers(0), layer.Axis(axis));
        OnnxValue vectors = graph.Gather(weight, graph.Within(indices, weight, 0), 0);
        OnnxValue? bias = hasBias ? layer.OptionalWeight("bias", width) : null;
        vectors = bias is null ? vectors : graph.Plus(vectors, bias);
        int rank = layer.Rank(layer.X);
        return graph.MoveAxis(vectors, rank, rank - 1, layer.Axis(axis));
    }

    private static OnnxValue Scale(LayerContext layer)
    {
        ScaleLayerParams settings = layer.Layer.Message.Scale;
        OnnxValue scaled = layer.Graph.Times(layer.X, PerChannel(layer, "scale", settings.ShapeScale));
        return settings.HasBias ? layer.Graph.Plus(scaled, PerChannel(layer, "bias", settings.ShapeBias)) : scaled;
    }

    // [C] stands for [C, 1, 1].
    private static OnnxValue PerChannel(LayerContext layer, string name, IReadOnlyList<ulong> shape)
    {
        long[] dimensions = LayerContext.Counts(shape);
        return layer.Weight(name, dimensions.Length == 1 && dimensions[0] != 1 ? [dimensions[0], 1, 1] : dimensions);
    }

    private static OnnxValue Constant(LayerContext layer, long[] shape, bool hasFiveAxes)
    {
        OnnxValue constant = layer.Weight("data", shape);
        if (layer.Translator.Weights.Small(layer.Layer, "data") is { } values && shape.Length <= 1 && values.All(value => value % 1 == 0 && System.Math.Abs(value) <= MaximumKnown))
        {
            layer.Translator.Integers.Remember(constant, layer.Graph.Constants.Integers(values.Select(value => (long)value).ToArray(), OnnxTensorType.Int64, shape.Length == 0 ? [values.Length] : shape));
        }

        return hasFiveAxes ? FeatureBlobs.ToFiveAxes(layer.Graph, constant) : constant;
    }
}
