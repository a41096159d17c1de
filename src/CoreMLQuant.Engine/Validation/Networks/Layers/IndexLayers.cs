using System.Collections.Generic;
using System.Linq;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>Rules for layers that pick, sort or move values.</summary>
internal static class IndexLayers
{
    /// <summary>The rules.</summary>
    public static readonly LayerRule[] Rules =
    [
        new(4, Count.Two, Count.One, Kind.Gather, Kind.GatherND, Kind.GatherAlongAxis, Kind.ReverseSeq),
        new(4, new Count(3, 3), Count.One, Kind.ScatterND, Kind.ScatterAlongAxis),
        new(4, new Count(3, 3), Count.One, Kind.Scatter) { FurtherRanks = Scatter },
        new(4, Count.One, Count.One, Kind.WhereNonZero, Kind.MatrixBandPart, Kind.LowerTriangular, Kind.UpperTriangular),
        new(4, Count.One, Count.One, Kind.Reverse)
        {
            Settings = layer => LayerContext.Unmet((
                layer.StatedInputRank is not { } rank || rank == layer.Details.Reverse.ReverseDim.Count,
                $"'reverseDim' has {layer.Details.Reverse.ReverseDim.Count} entries; the input has rank {layer.StatedInputRank}.")),
        },
        new(4, new Count(1, 2), Count.Two, Kind.TopK)
        {
            Ranks = RankRule.Same,
            FurtherRanks = layer => Settings.SameRank(layer.InputRank(0), layer.OutputRank(1), "the input and the second output"),
            Settings = layer => Settings.AxisWithin(layer, layer.Details.TopK.Axis),
        },
        new(5, Count.One, Count.One, Kind.ArgSort)
        {
            Ranks = RankRule.Same,
            Settings = layer => LayerContext.Unmet((layer.Details.ArgSort.Axis >= 0, $"the axis is {layer.Details.ArgSort.Axis}; it must not be negative."))
                .Concat(Settings.AxisWithin(layer, layer.Details.ArgSort.Axis)),
        },
        new(4, new Count(2, 5), new Count(4, 4), Kind.NonMaximumSuppression),
        new(5, new Count(1, 2), Count.One, Kind.OneHot, Kind.CumSum),
    ];

    private static IEnumerable<string> Scatter(LayerContext layer) =>
        Settings.SameRank(layer.StatedInputRank, layer.StatedRankOfInput(2), "the container and the updates")
            .Concat(Settings.SameRank(layer.StatedInputRank, layer.StatedOutputRank, "the container and the output"))
            .Concat(LayerContext.Unmet((layer.StatedRankOfInput(1) is null or 1, $"the indices have rank {layer.StatedRankOfInput(1)}; they have 1.")));
}
