using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks.Layers;

/// <summary>Rules for layers that cut something out, or apart.</summary>
internal static class SliceLayers
{
    // Axes of a slice of the first systems, by number: channel, height, width, and how many of the last axes there must be.
    private static readonly int[] AxesNeeded = [3, 2, 1];

    /// <summary>The rules.</summary>
    public static readonly LayerRule[] Rules =
    [
        new(1, Count.One, Count.One, Kind.Slice) { FurtherRanks = SliceRanks, Settings = Slice },
        new(4, Count.One, Count.One, Kind.SliceStatic) { Settings = SliceStatic },
        new(4, new Count(2, 7), Count.One, Kind.SliceDynamic)
        {
            SinceBySettings = layer => layer.Inputs == 7 || layer.Details.SliceDynamic.SqueezeMasks.Count > 0 ? 5 : 4,
        },
        new(5, Count.Two, Count.One, Kind.SliceBySize),
        new(4, Count.One, Count.One, Kind.SlidingWindows) { Settings = layer => Settings.AxisWithin(layer, layer.Details.SlidingWindows.Axis) },
        new(1, new Count(1, 2), Count.One, Kind.Crop)
        {
            Ranks = RankRule.From(3),
            FurtherRanks = layer => Settings.SameRank(layer.InputRank(0), layer.InputRank(1), "the inputs"),
            Settings = Crop,
        },
        new(1, Count.One, Count.Several, Kind.Split)
        {
            Ranks = RankRule.From(3),
            FurtherRanks = layer => layer.Layer.Output.SelectMany((_, index) => Settings.SameRank(layer.OutputRank(0), layer.OutputRank(index), "the outputs")),
        },
        new(4, Count.One, Count.Several, Kind.SplitND) { Settings = SplitND },
    ];

    private static IEnumerable<string> SliceRanks(LayerContext layer)
    {
        int axis = layer.Details.Slice.Axis;
        if (layer.StatedInputRank is not { } rank)
        {
            return [];
        }

        int needed = axis >= 0 && axis < AxesNeeded.Length ? AxesNeeded[axis] : 0;
        return Settings.SameRank(layer.InputRank(0), layer.OutputRank(0), "input and output").Concat(LayerContext.Unmet(
            (needed > 0, $"the axis {axis} is none that is known."),
            (rank >= needed, $"the input has rank {rank}; the axis needs {needed}.")));
    }

    private static IEnumerable<string> Slice(LayerContext layer)
    {
        SliceDetails settings = layer.Details.Slice;
        bool endsBefore = (settings.EndIndex > 0 && settings.EndIndex < settings.StartIndex)
            || (settings.EndIndex < 0 && settings.StartIndex < 0 && settings.StartIndex > settings.EndIndex);
        return LayerContext.Unmet(
            (settings.Stride is >= 1 and <= int.MaxValue, $"'stride' is {settings.Stride}; it is at least 1."),
            (!endsBefore, $"the slice ends ({settings.EndIndex}) before it begins ({settings.StartIndex})."));
    }

    private static IEnumerable<string> SliceStatic(LayerContext layer)
    {
        SliceStaticDetails settings = layer.Details.SliceStatic;
        return Settings.Required("beginIds", settings.BeginIds.Count)
            .Concat(Settings.Required("endIds", settings.EndIds.Count))
            .Concat(Settings.Required("strides", settings.Strides.Count))
            .Concat(Settings.Required("beginMasks", settings.BeginMasks.Count))
            .Concat(Settings.Required("endMasks", settings.EndMasks.Count));
    }

    // What is cut is told by amounts, or by offsets into a second input of the size that is wanted.
    private static IEnumerable<string> Crop(LayerContext layer)
    {
        int amounts = layer.Details.Crop.CropAmounts?.BorderAmounts.Count ?? 0, offsets = layer.Details.Crop.Offset.Count;
        return LayerContext.Unmet(
            (layer.Inputs != 1 || amounts == 2, $"'cropAmounts' has {amounts} entries; it has 2, for height and width."),
            (layer.Inputs != 2 || offsets == 2, $"'offset' has {offsets} entries; it has 2, for height and width."));
    }

    private static IEnumerable<string> SplitND(LayerContext layer)
    {
        SplitNDDetails settings = layer.Details.SplitND;
        ulong splits = settings.SplitSizes.Count > 0 ? (ulong)settings.SplitSizes.Count : settings.NumSplits;
        return Settings.AxisWithin(layer, settings.Axis).Concat(LayerContext.Unmet(
            (splits > 0, "neither 'numSplits' nor 'splitSizes' is set."),
            (splits == 0 || splits == (ulong)layer.Outputs, $"there are {splits} splits and {layer.Outputs} outputs.")));
    }
}
