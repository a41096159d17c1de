using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>Rules for normalizations.</summary>
internal static class NormalizationLayers
{
    /// <summary>The rules.</summary>
    public static readonly LayerRule[] Rules =
    [
        new(1, Count.One, Count.One, Kind.Batchnorm, Kind.Mvn, Kind.L2Normalize, Kind.Softmax) { Ranks = RankRule.From(3) },
        new(1, Count.One, Count.One, Kind.Lrn)
        {
            Ranks = RankRule.From(3),
            Settings = layer => LayerContext.Unmet((!(layer.Details.Lrn.K < 0), "'k' is negative.")),
        },
        new(4, Count.One, Count.One, Kind.SoftmaxND) { Settings = layer => Settings.AxisWithin(layer, layer.Details.SoftmaxND.Axis_) },
        new(4, Count.One, Count.One, Kind.LayerNormalization)
        {
            Settings = layer => Settings.Required("normalizedShape", layer.Details.LayerNormalization.NormalizedShape.Count),
        },
    ];
}
