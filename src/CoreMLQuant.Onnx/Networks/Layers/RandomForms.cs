using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Onnx.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>
/// Random numbers. The generator is the session's own, so numbers never equal Core ML's; with a seed, which they get when the model gives none,
/// they are the same in every session.
/// </summary>
internal static class RandomForms
{
    private const string Trap = "Drawn by another generator: distributions match, numbers do not.";

    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All => Drawing.Select(form => form with { Trap = Trap });

    private static IEnumerable<LayerForm> Drawing =>
    [
        LayerForm.Of(Kind.RandomNormalLike, layer => Normal(layer, layer.Settings.RandomNormalLike, layer.Graph.ShapeOf(layer.X))),
        LayerForm.Of(Kind.RandomNormalStatic, layer => Normal(layer, layer.Settings.RandomNormalStatic, Shape(layer, layer.Settings.RandomNormalStatic.OutputShape))),
        LayerForm.Of(Kind.RandomNormalDynamic, layer => Normal(layer, layer.Settings.RandomNormalDynamic, layer.Sizes(0))),
        LayerForm.Of(Kind.RandomUniformLike, layer => Uniform(layer, layer.Settings.RandomUniformLike, layer.Graph.ShapeOf(layer.X))),
        LayerForm.Of(Kind.RandomUniformStatic, layer => Uniform(layer, layer.Settings.RandomUniformStatic, Shape(layer, layer.Settings.RandomUniformStatic.OutputShape))),
        LayerForm.Of(Kind.RandomUniformDynamic, layer => Uniform(layer, layer.Settings.RandomUniformDynamic, layer.Sizes(0))),
        LayerForm.Of(Kind.RandomBernoulliLike, layer => Bernoulli(layer, layer.Settings.RandomBernoulliLike, layer.Graph.ShapeOf(layer.X))),
        LayerForm.Of(Kind.RandomBernoulliStatic, layer => Bernoulli(layer, layer.Settings.RandomBernoulliStatic, Shape(layer, layer.Settings.RandomBernoulliStatic.OutputShape))),
        LayerForm.Of(Kind.RandomBernoulliDynamic, layer => Bernoulli(layer, layer.Settings.RandomBernoulliDynamic, layer.Sizes(0))),
        LayerForm.Of(Kind.CategoricalDistribution, Categorical),
    ];

    private static OnnxValue Shape(LayerContext layer, IEnumerable<ulong> shape) => layer.Graph.Constants.Int64s(LayerContext.Counts(shape));

    // Scaled afterwards: a session ends the process for a deviation of 0.
    private static OnnxValue Normal(LayerContext layer, RandomNormalDetails settings, OnnxValue shape) =>
        Scaled(layer.Graph, Draw(layer.Graph, "RandomNormalLike", shape, settings.Seed), settings.StdDev, settings.Mean);

    private static OnnxValue Uniform(LayerContext layer, Limits2 settings, OnnxValue shape) =>
        Scaled(layer.Graph, Draw(layer.Graph, "RandomUniformLike", shape, settings.Seed), settings.MaxVal - settings.MinVal, settings.MinVal);

    private static OnnxValue Bernoulli(LayerContext layer, BernoulliDetails settings, OnnxValue shape) =>
        layer.Graph.Truth("Less", Draw(layer.Graph, "RandomUniformLike", shape, settings.Seed), layer.Graph.Constants.Float(settings.Prob));

    private static OnnxValue Scaled(GraphBuilder graph, OnnxValue x, float factor, float offset) =>
        graph.Plus(graph.Times(x, graph.Constants.Float(factor)), graph.Constants.Float(offset));

    private static OnnxValue Draw(GraphBuilder graph, string operatorType, OnnxValue shape, long seed)
    {
        OnnxValue model = graph.Expand(graph.Constants.Float(0), shape);
        return graph.Add(operatorType, OnnxTensorType.Float, model.Shape, [model], Seed(seed));
    }

    private static OnnxValue Categorical(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        CategoricalDetails settings = layer.Settings.CategoricalDistribution;
        int rank = layer.Rank(layer.X);
        OnnxValue logits = settings.IsLogits ? layer.X : graph.Unary("Log", graph.Plus(layer.X, graph.Constants.Float(settings.Eps)));
        logits = settings.Temperature is 0 or 1 ? logits : graph.Over(logits, graph.Constants.Float(settings.Temperature));
        OnnxValue flat = graph.ReshapeTo(logits, graph.Concat([graph.Constants.Int64s([-1]), graph.SizeOf(layer.X, rank - 1)], 0));
        OnnxValue drawn = graph.Add(
            "Multinomial",
            OnnxTensorType.Int32,
            [-1, settings.NumSamples],
            [flat],
            OnnxAttributes.Integer("sample_size", settings.NumSamples),
            OnnxAttributes.Integer("dtype", (long)OnnxTensorType.Int32),
            Seed(settings.Seed));
        OnnxValue[] sizes = Enumerable.Range(0, rank - 1).Select(axis => graph.SizeOf(layer.X, axis)).ToArray();
        return graph.ReshapeTo(drawn, graph.Concat([.. sizes, graph.Constants.Int64s([settings.NumSamples])], 0));
    }

    private static AttributeProto Seed(long seed) => OnnxAttributes.Number("seed", System.Math.Max(seed, 0));
}
