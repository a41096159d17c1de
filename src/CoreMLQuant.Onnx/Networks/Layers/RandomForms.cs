using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Random numbers.</summary>
internal static class RandomForms
{
    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All => Drawing.Select(form => form with { Trap = RandomNodes.Trap });

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

    private static OnnxValue Normal(LayerContext layer, RandomNormalDetails settings, OnnxValue shape) =>
        layer.Graph.Normal(shape, settings.Mean, settings.StdDev, settings.Seed);

    private static OnnxValue Uniform(LayerContext layer, Limits2 settings, OnnxValue shape) =>
        layer.Graph.Uniform(shape, settings.MinVal, settings.MaxVal, settings.Seed);

    private static OnnxValue Bernoulli(LayerContext layer, BernoulliDetails settings, OnnxValue shape) =>
        layer.Graph.Bernoulli(shape, settings.Prob, settings.Seed);

    private static OnnxValue Categorical(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        CategoricalDetails settings = layer.Settings.CategoricalDistribution;
        OnnxValue logits = settings.IsLogits ? layer.X : graph.Unary("Log", graph.Plus(layer.X, graph.Constants.Float(settings.Eps)));
        logits = settings.Temperature is 0 or 1 ? logits : graph.Over(logits, graph.Constants.Float(settings.Temperature));
        return graph.Categories(logits, layer.Rank(layer.X), settings.NumSamples, settings.Seed);
    }
}
