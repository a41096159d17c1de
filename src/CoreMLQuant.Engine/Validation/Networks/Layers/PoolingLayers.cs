using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>Rules for poolings and paddings.</summary>
internal static class PoolingLayers
{
    private const int CustomPadding = 0;

    /// <summary>The rules.</summary>
    public static readonly LayerRule[] Rules =
    [
        new(1, Count.One, Count.One, Kind.Pooling)
        {
            Ranks = RankRule.From(4),
            Settings = layer => LayerContext.Unmet(
                (layer.Details.Pooling.PoolingPaddingTypeCase != PoolingDetails.PoolingPaddingTypeOneofCase.None, "the padding is not set; it is 'valid', 'same' or 'includeLastPixel'.")),
        },
        new(5, Count.One, Count.One, Kind.Pooling3D) { Ranks = RankRule.From(5), Settings = Pooling3D },
        new(5, Count.One, Count.One, Kind.GlobalPooling3D) { Ranks = RankRule.From(5) },
        new(1, Count.One, Count.One, Kind.Padding) { Ranks = RankRule.From(2), Settings = Padding },
        new(4, new Count(1, 2), Count.One, Kind.ConstantPad) { Ranks = RankRule.Same, Settings = ConstantPad },
    ];

    private static IEnumerable<string> Pooling3D(LayerContext layer)
    {
        Pooling3DDetails settings = layer.Details.Pooling3D;
        (string Name, int Value)[] paddings =
        [
            ("customPaddingFront", settings.CustomPaddingFront), ("customPaddingBack", settings.CustomPaddingBack), ("customPaddingTop", settings.CustomPaddingTop),
            ("customPaddingBottom", settings.CustomPaddingBottom), ("customPaddingLeft", settings.CustomPaddingLeft), ("customPaddingRight", settings.CustomPaddingRight),
        ];
        return Settings.Positive(
                ("kernelDepth", settings.KernelDepth), ("kernelHeight", settings.KernelHeight), ("kernelWidth", settings.KernelWidth),
                ("strideDepth", settings.StrideDepth), ("strideHeight", settings.StrideHeight), ("strideWidth", settings.StrideWidth))
            .Concat(settings.PaddingType == CustomPadding
                ? Settings.NotNegative(paddings)
                : paddings.Where(padding => padding.Value != 0).Select(padding => $"'{padding.Name}' is {padding.Value}, but the padding is not custom."));
    }

    private static IEnumerable<string> Padding(LayerContext layer)
    {
        PaddingDetails settings = layer.Details.Padding;
        int amounts = settings.PaddingAmounts?.BorderAmounts.Count ?? 0;
        return LayerContext.Unmet(
            (amounts is 0 or 2, $"there are {amounts} border amounts; there are 2 (height and width), or none for the default."),
            (settings.PaddingTypeCase != PaddingDetails.PaddingTypeOneofCase.None, "the kind of padding is not set; it is 'constant', 'reflection' or 'replication'."));
    }

    private static IEnumerable<string> ConstantPad(LayerContext layer)
    {
        ConstantPadDetails settings = layer.Details.ConstantPad;
        int count = settings.PadAmounts.Count;
        // With a second input the amounts come from there.
        if (layer.Inputs != 1)
        {
            return [];
        }

        bool padsBothSides = settings.PadToGivenOutputSizeMode
            && Enumerable.Range(0, count / 2).Any(i => (int)settings.PadAmounts[2 * i] > 0 && (int)settings.PadAmounts[(2 * i) + 1] > 0);
        return LayerContext.Unmet(
            (count > 0 && count % 2 == 0, $"there are {count} pad amounts; there must be two for each axis."),
            (!padsBothSides, "'padToGivenOutputSizeMode' takes one amount above zero for each axis."));
    }
}
