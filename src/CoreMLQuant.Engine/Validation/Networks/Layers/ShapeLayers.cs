using System.Collections.Generic;
using System.Linq;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>Rules for layers that change shapes and not values.</summary>
internal static class ShapeLayers
{
    /// <summary>The rules.</summary>
    public static readonly LayerRule[] Rules =
    [
        new(1, Count.One, Count.One, Kind.Flatten) { Ranks = RankRule.From(3) },
        new(1, Count.One, Count.One, Kind.Reshape)
        {
            Ranks = RankRule.Five,
            Settings = layer => LayerContext.Unmet((layer.Details.Reshape.TargetShape.Count is 3 or 4, $"'targetShape' has {layer.Details.Reshape.TargetShape.Count} dimensions; it has 3 or 4.")),
        },
        new(1, Count.One, Count.One, Kind.Permute)
        {
            Ranks = RankRule.Five,
            Settings = layer => LayerContext.Unmet((layer.Details.Permute.Axes.Count == 4, $"'axis' has {layer.Details.Permute.Axes.Count} entries; it has 4.")),
        },
        new(4, Count.One, Count.One, Kind.Transpose) { Settings = layer => Settings.Required("axes", layer.Details.Transpose.Axes.Count) },
        new(4, Count.One, Count.One, Kind.ReshapeStatic) { Settings = layer => Settings.Required("targetShape", layer.Details.ReshapeStatic.TargetShape.Count) },
        new(4, Count.Two, Count.One, Kind.ReshapeLike, Kind.ReshapeDynamic, Kind.BroadcastToLike, Kind.BroadcastToDynamic),
        new(4, Count.One, Count.One, Kind.BroadcastToStatic) { Settings = layer => Settings.Required("targetShape", layer.Details.BroadcastToStatic.TargetShape.Count) },
        new(4, Count.One, Count.One, Kind.RankPreservingReshape) { Settings = RankPreservingReshape },
        new(4, Count.One, Count.One, Kind.FlattenTo2D) { Settings = layer => Settings.AxisWithin(layer, layer.Details.FlattenTo2D.Axis_) },
        new(4, Count.One, Count.One, Kind.ExpandDims) { Settings = ExpandDims },
        new(4, Count.One, Count.One, Kind.Squeeze) { Settings = Squeeze },
        new(4, Count.One, Count.One, Kind.GetShape),
    ];

    private static IEnumerable<string> RankPreservingReshape(LayerContext layer)
    {
        int length = layer.Details.RankPreservingReshape.TargetShape.Count;
        return Settings.Required("targetShape", length).Concat(LayerContext.Unmet(
            (layer.StatedInputRank is not null && layer.StatedOutputRank is not null, "the layer must give the ranks of its input and output."),
            (layer.StatedInputRank == layer.StatedOutputRank, "input and output have different ranks; the layer keeps the rank."),
            (length == 0 || layer.StatedInputRank is null || layer.StatedInputRank == length, $"'targetShape' has {length} dimensions; the input has {layer.StatedInputRank}.")));
    }

    private static IEnumerable<string> ExpandDims(LayerContext layer) =>
        Axes(layer.Details.ExpandDims.Axes, layer.StatedInputRank, layer.StatedOutputRank, (axes, input, output) => input + axes == output, (_, output) => output);

    // A scalar's only axis may be squeezed again and again.
    private static IEnumerable<string> Squeeze(LayerContext layer) => layer.Details.Squeeze.SqueezeAll
        ? []
        : Axes(layer.Details.Squeeze.Axes, layer.StatedInputRank, layer.StatedOutputRank, (axes, input, output) => input == 1 || output + axes == input, (input, _) => input);

    private static IEnumerable<string> Axes(
        IReadOnlyList<long> axes, int? inputRank, int? outputRank, System.Func<int, int, int, bool> fits, System.Func<int, int, int> rankOfAxes)
    {
        if (axes.Count == 0 || axes.Distinct().Count() != axes.Count)
        {
            return [axes.Count == 0 ? "'axes' is not set; the layer needs it." : "an axis stands twice in 'axes'."];
        }

        if (inputRank is not { } input || outputRank is not { } output)
        {
            return [];
        }

        int rank = rankOfAxes(input, output);
        long[] counted = axes.Select(axis => axis < 0 ? axis + rank : axis).ToArray();
        return LayerContext.Unmet(
            (fits(axes.Count, input, output), $"{axes.Count} axes do not make an output of rank {output} of an input of rank {input}."),
            (counted.Distinct().Count() == counted.Length, "an axis stands twice in 'axes'."),
            (counted.All(axis => axis >= 0 && axis < rank), $"an axis in 'axes' is not one of rank {rank}."));
    }
}
