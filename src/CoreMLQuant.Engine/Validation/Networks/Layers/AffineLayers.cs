using System.Collections.Generic;
using System.Linq;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>Rules for products with matrices, scales, biases, embeddings and constants.</summary>
internal static class AffineLayers
{
    /// <summary>The rules.</summary>
    public static readonly LayerRule[] Rules =
    [
        new(1, Count.One, Count.One, Kind.InnerProduct)
        {
            SinceBySettings = layer => layer.Layer.InnerProduct.Int8DynamicQuantize ? 5 : 1,
            Ranks = new RankRule(true, 1, 5),
        },
        new(4, new Count(1, 2), Count.One, Kind.BatchedMatmul)
        {
            SinceBySettings = layer => layer.Layer.BatchedMatmul.Int8DynamicQuantize ? 5 : 4,
            FurtherRanks = BatchedMatmulRanks,
            Settings = BatchedMatmul,
        },
        new(1, Count.One, Count.One, Kind.Embedding) { Ranks = RankRule.From(4) },
        new(4, Count.One, Count.One, Kind.EmbeddingND) { Ranks = new RankRule(true, 2, 5) },
        new(1, Count.One, Count.One, Kind.Bias) { Ranks = RankRule.From(3), Settings = layer => OneOrThree("shape", layer.Layer.Bias.Shape.Count) },
        new(1, Count.One, Count.One, Kind.Scale)
        {
            Ranks = RankRule.From(3),
            Settings = layer => OneOrThree("shapeScale", layer.Layer.Scale.ShapeScale.Count)
                .Concat(layer.Layer.Scale.HasBias ? OneOrThree("shapeBias", layer.Layer.Scale.ShapeBias.Count) : []),
        },
        new(1, Count.Any, Count.One, Kind.LoadConstant)
        {
            FurtherRanks = layer => LayerContext.Unmet((layer.OutputRank(0) is null or 5, $"the output has rank {layer.OutputRank(0)}; it is 5.")),
            Settings = layer => LayerContext.Unmet((layer.Layer.LoadConstant.Shape.Count == 3, $"'shape' has {layer.Layer.LoadConstant.Shape.Count} dimensions; it has 3.")),
        },
        new(4, Count.Any, Count.One, Kind.LoadConstantND)
        {
            Settings = layer => LayerContext.Unmet((layer.Layer.LoadConstantND.Shape.Count is >= 1 and <= 5, $"'shape' has {layer.Layer.LoadConstantND.Shape.Count} dimensions; it has 1 to 5.")),
        },
    ];

    private static IEnumerable<string> OneOrThree(string name, int dimensions) =>
        LayerContext.Unmet((dimensions is 1 or 3, $"'{name}' has {dimensions} dimensions; it has 1 or 3."));

    private static IEnumerable<string> BatchedMatmul(LayerContext layer) => LayerContext.Unmet(
        (layer.Inputs < 2 || !layer.Layer.BatchedMatmul.HasBias, "there is a bias beside a second input; only a product with weights has a bias."),
        (layer.Inputs < 2 || !layer.Layer.BatchedMatmul.Int8DynamicQuantize, "the layer quantizes its input beside a second input; only a product with weights can."));

    private static IEnumerable<string> BatchedMatmulRanks(LayerContext layer)
    {
        if (layer.StatedOutputRank is not { } output || layer.StatedInputRank is not { } input)
        {
            return [];
        }

        int expected = layer.Inputs == 1 ? input : System.Math.Max(2, System.Math.Max(input, layer.StatedRankOfInput(1) ?? 0));
        return LayerContext.Unmet((output == expected, $"the output has rank {output}; the inputs make it {expected}."));
    }
}
