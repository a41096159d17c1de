using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Normalizations.</summary>
internal static class NormalizationForms
{
    private const float BatchEpsilon = 1e-5f, OtherEpsilon = 1e-6f;

    private static readonly long[] Space = [-2, -1], ChannelsAndSpace = [-3, -2, -1];

    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        LayerForm.Of(Kind.Batchnorm, Batch) with { Trap = "Mean and variance of the input itself mean instance normalization." },
        LayerForm.Of(Kind.Mvn, MeanVariance),
        LayerForm.Of(Kind.L2Normalize, Length),
        LayerForm.Of(Kind.Softmax, layer => Softmax(layer, layer.Rank(layer.X) >= LayerRanks.Image ? -LayerRanks.Image : -1)),
        LayerForm.Of(Kind.SoftmaxND, layer => Softmax(layer, layer.Axis(layer.Settings.SoftmaxND.Axis_))),
        LayerForm.Of(Kind.Lrn, LocalResponse) with { Trap = "Sizes may be even." },
        LayerForm.Of(Kind.LayerNormalization, Layer),
    ];

    private static OnnxValue Batch(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        BatchnormLayerParams settings = layer.Layer.Message.Batchnorm;
        long channels = LayerContext.Count(settings.Channels);
        OnnxAttributeEpsilon epsilon = new(settings.Epsilon, BatchEpsilon);
        var batch = new MergedBatch(layer, layer.X, LayerRanks.Image);
        OnnxValue gamma = layer.OptionalWeight("gamma", channels) ?? Filled(1), beta = layer.OptionalWeight("beta", channels) ?? Filled(0), x = batch.Value;
        if (settings.InstanceNormalization && settings.ComputeMeanVar)
        {
            return batch.Restore(graph.Add("InstanceNormalization", x.Type, x.Shape, [x, gamma, beta], epsilon.Attribute));
        }

        if (settings.ComputeMeanVar)
        {
            throw new NotTranslatableException("mean and variance of a batch are computed in training only.");
        }

        return batch.Restore(graph.Add(
            "BatchNormalization", x.Type, x.Shape, [x, gamma, beta, layer.Weight("mean", channels), layer.Weight("variance", channels)], epsilon.Attribute));

        OnnxValue Filled(float value) => graph.Constants.Floats(Enumerable.Repeat(value, checked((int)channels)).ToArray(), [channels]);
    }

    private static OnnxValue MeanVariance(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        MvnDetails settings = layer.Settings.Mvn;
        long[] axes = settings.AcrossChannels ? ChannelsAndSpace : Space;
        layer.RankFrom(layer.X, axes.Length);
        OnnxValue centred = graph.Minus(layer.X, graph.Reduce("ReduceMean", layer.X, axes, keepDimensions: true));
        if (!settings.NormalizeVariance)
        {
            return centred;
        }

        OnnxValue variance = graph.Reduce("ReduceMean", graph.Times(centred, centred), axes, keepDimensions: true);
        return graph.Over(centred, graph.Unary("Sqrt", graph.Plus(variance, graph.Constants.Float(settings.Epsilon == 0 ? BatchEpsilon : settings.Epsilon))));
    }

    private static OnnxValue Length(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        layer.RankFrom(layer.X, LayerRanks.Image);
        OnnxValue sum = graph.Reduce("ReduceSumSquare", layer.X, ChannelsAndSpace, keepDimensions: true);
        float epsilon = layer.Settings.L2Normalize.Epsilon;
        return graph.Over(layer.X, graph.Unary("Sqrt", graph.Plus(sum, graph.Constants.Float(epsilon == 0 ? OtherEpsilon : epsilon))));
    }

    private static OnnxValue Softmax(LayerContext layer, int axis) =>
        layer.Graph.Add("Softmax", OnnxTensorType.Float, layer.X.Shape, [layer.X], OnnxAttributes.Integer("axis", axis));

    private static OnnxValue LocalResponse(LayerContext layer)
    {
        LrnDetails settings = layer.Settings.Lrn;
        var batch = new MergedBatch(layer, layer.X, LayerRanks.Image);
        float k = settings.K == 0 ? 1 : settings.K;
        return batch.Restore(NormalizationNodes.LocalResponse(layer.Graph, batch.Value, LayerRanks.Image + 1, LayerContext.Count(settings.LocalSize), settings.Alpha, settings.Beta, k));
    }

    private static OnnxValue Layer(LayerContext layer)
    {
        LayerNormalizationDetails settings = layer.Settings.LayerNormalization;
        long[] shape = settings.NormalizedShape.ToArray();
        OnnxAttributeEpsilon epsilon = new(settings.Eps, BatchEpsilon);
        return layer.Graph.Add(
            "LayerNormalization",
            OnnxTensorType.Float,
            layer.X.Shape,
            [layer.X, layer.Weight("gamma", shape), layer.OptionalWeight("beta", shape)],
            OnnxAttributes.Integer("axis", -shape.Length),
            epsilon.Attribute);
    }

    /// <summary>What is added to a variance; 0 stands for the default.</summary>
    private readonly record struct OnnxAttributeEpsilon(float Given, float Otherwise)
    {
        public Schema.AttributeProto Attribute => OnnxAttributes.Number("epsilon", Given == 0 ? Otherwise : Given);
    }
}
