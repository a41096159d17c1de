using System.Collections.Generic;
using System.Linq;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>Rules for layers that put several values together.</summary>
internal static class JoiningLayers
{
    /// <summary>The rules.</summary>
    public static readonly LayerRule[] Rules =
    [
        new(1, Count.Several, Count.One, Kind.Concat) { Ranks = RankRule.Same, FurtherRanks = Concat },
        new(4, Count.Several, Count.One, Kind.ConcatND)
        {
            SinceBySettings = layer => layer.Details.ConcatND.Interleave ? 5 : 4,
            Settings = layer => Settings.AxisWithin(layer, layer.Details.ConcatND.Axis),
        },
        new(4, Count.Several, Count.One, Kind.Stack)
        {
            FurtherRanks = layer => Settings.SameRank(layer.StatedInputRank, layer.StatedRankOfInput(1), "the inputs"),
            Settings = layer => Settings.AxisWithin(layer, layer.Details.Stack.Axis_, further: 1),
        },
        new(1, Count.Two, Count.One, Kind.Dot)
        {
            Ranks = RankRule.From(3),
            FurtherRanks = layer => Settings.SameRank(layer.InputRank(0), layer.InputRank(1), "the inputs"),
        },
        new(1, Count.One, Count.One, Kind.SequenceRepeat) { Ranks = RankRule.From(5) },
        new(4, new Count(1, 2), Count.One, Kind.Tile),
    ];

    private static IEnumerable<string> Concat(LayerContext layer)
    {
        int least = layer.Details.Concat.SequenceConcat ? 5 : 3;
        return LayerContext.Unmet(
                (layer.InputRank(0) is not { } input || input >= least, $"the input has rank {layer.InputRank(0)}; it is at least {least}."),
                (layer.OutputRank(0) is not { } output || output >= least, $"the output has rank {layer.OutputRank(0)}; it is at least {least}."))
            .Concat(layer.Layer.Input.SelectMany((_, index) => Settings.SameRank(layer.InputRank(0), layer.InputRank(index), "the inputs")));
    }
}
