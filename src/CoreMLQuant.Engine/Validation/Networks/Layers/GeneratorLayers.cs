using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>Rules for layers that make values: ranges, fills, random numbers.</summary>
internal static class GeneratorLayers
{
    /// <summary>The rules.</summary>
    public static readonly LayerRule[] Rules =
    [
        new(4, Count.Any, Count.One, Kind.RangeStatic) { FurtherRanks = Range },
        new(4, new Count(0, 3), Count.One, Kind.RangeDynamic) { FurtherRanks = Range },
        new(4, Count.One, Count.One, Kind.FillLike, Kind.FillDynamic),
        new(4, Count.Any, Count.One, Kind.FillStatic) { Settings = layer => Settings.Required("targetShape", layer.Details.FillStatic.TargetShape.Count) },
        new(4, Count.One, Count.One, Kind.RandomNormalLike, Kind.RandomNormalDynamic, Kind.CategoricalDistribution),
        new(4, Count.Any, Count.One, Kind.RandomNormalStatic) { Settings = layer => Settings.Required("outputShape", layer.Details.RandomNormalStatic.OutputShape.Count) },
        new(4, Count.One, Count.One, Kind.RandomUniformLike) { Settings = layer => Ordered(layer.Details.RandomUniformLike) },
        new(4, Count.One, Count.One, Kind.RandomUniformDynamic) { Settings = layer => Ordered(layer.Details.RandomUniformDynamic) },
        new(4, Count.Any, Count.One, Kind.RandomUniformStatic)
        {
            Settings = layer => Settings.Required("outputShape", layer.Details.RandomUniformStatic.OutputShape.Count).Concat(Ordered(layer.Details.RandomUniformStatic)),
        },
        new(4, Count.One, Count.One, Kind.RandomBernoulliLike) { Settings = layer => Probability(layer.Details.RandomBernoulliLike) },
        new(4, Count.One, Count.One, Kind.RandomBernoulliDynamic) { Settings = layer => Probability(layer.Details.RandomBernoulliDynamic) },
        new(4, Count.Any, Count.One, Kind.RandomBernoulliStatic)
        {
            Settings = layer => Settings.Required("outputShape", layer.Details.RandomBernoulliStatic.OutputShape.Count).Concat(Probability(layer.Details.RandomBernoulliStatic)),
        },
    ];

    private static IEnumerable<string> Range(LayerContext layer) =>
        LayerContext.Unmet((layer.StatedOutputRank is null or 1, $"the output has rank {layer.StatedOutputRank}; it has 1."));

    private static IEnumerable<string> Ordered(Limits2 settings) => Settings.Ordered(settings.MinVal, settings.MaxVal);

    private static IEnumerable<string> Probability(BernoulliDetails settings) =>
        LayerContext.Unmet((!(settings.Prob < 0 || settings.Prob > 1), "'prob' is a probability, from 0 to 1."));
}
