using System.Collections.Generic;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>Rules for layers that change the resolution.</summary>
internal static class ResamplingLayers
{
    private const int NearestNeighbour = 0, DefaultMode = 0, PixelShuffle = 2;

    /// <summary>The rules.</summary>
    public static readonly LayerRule[] Rules =
    [
        new(1, Count.One, Count.One, Kind.Upsample)
        {
            SinceBySettings = layer => layer.Details.Upsample.LinearUpsampleMode != DefaultMode || layer.Details.Upsample.FractionalScalingFactor.Count > 0 ? 5 : 1,
            Ranks = RankRule.From(3),
            Settings = Upsample,
        },
        new(3, Count.One, Count.One, Kind.ResizeBilinear) { Ranks = RankRule.From(3), Settings = layer => TargetSize(layer.Details.ResizeBilinear.TargetSize) },
        new(3, Count.Two, Count.One, Kind.CropResize)
        {
            Ranks = RankRule.From(5),
            FurtherRanks = layer => Settings.SameRank(layer.InputRank(0), layer.InputRank(1), "the inputs"),
            Settings = layer => TargetSize(layer.Details.CropResize.TargetSize),
        },
        new(1, Count.One, Count.One, Kind.ReorganizeData)
        {
            SinceBySettings = layer => layer.Details.ReorganizeData.Mode == PixelShuffle ? 5 : 1,
            Ranks = RankRule.From(3),
            Settings = layer => LayerContext.Unmet((layer.Details.ReorganizeData.BlockSize is >= 2 and <= int.MaxValue, $"'blockSize' is {layer.Details.ReorganizeData.BlockSize}; it is at least 2.")),
        },
    ];

    private static IEnumerable<string> TargetSize(IReadOnlyList<ulong> sizes) =>
        LayerContext.Unmet((sizes.Count is 0 or 2, $"'targetSize' has {sizes.Count} entries; it has 2, for height and width, or none."));

    private static IEnumerable<string> Upsample(LayerContext layer)
    {
        UpsampleDetails settings = layer.Details.Upsample;
        int whole = settings.ScalingFactor.Count, fractional = settings.FractionalScalingFactor.Count;
        bool isNearest = settings.Mode == NearestNeighbour, isDefault = settings.LinearUpsampleMode == DefaultMode;
        return LayerContext.Unmet(
            ((whole is 0 or 2) && (fractional is 0 or 2) && (whole == 0 || fractional == 0), "the factors are 2 in 'scalingFactor', or 2 in 'fractionalScalingFactor', or none."),
            (fractional != 2 || (!isNearest && !isDefault), "fractional factors need bilinear interpolation with 'linearUpsampleMode' set."),
            (isDefault || !isNearest, "'linearUpsampleMode' is set, but the interpolation is nearest neighbour."));
    }
}
