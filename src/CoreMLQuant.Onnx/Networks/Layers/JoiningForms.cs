using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Layers that join, split and repeat.</summary>
internal static class JoiningForms
{
    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        LayerForm.Of(Kind.Concat, layer => Concat(layer, layer.Settings.Concat.SequenceConcat ? -LayerRanks.Sequence : -LayerRanks.Image)),
        LayerForm.Of(Kind.ConcatND, layer => layer.Settings.ConcatND.Interleave ? Interleave(layer) : Concat(layer, layer.Settings.ConcatND.Axis)),
        LayerForm.Of(Kind.Stack, Stack),
        new LayerForm(Kind.Split, layer => Split(layer, layer.Axis(-LayerRanks.Image), Even(layer.X.Dimension(-LayerRanks.Image), layer.OutputCount))),
        new LayerForm(Kind.SplitND, SplitND) { Trap = "What does not divide makes the first parts one larger." },
        LayerForm.Of(Kind.SequenceRepeat, SequenceRepeat),
        LayerForm.Of(Kind.Tile, Tile) with { Trap = "More repetitions than axes mean axes in front." },
    ];

    private static OnnxValue Concat(LayerContext layer, long axis)
    {
        OnnxValue joined = layer.Graph.Concat(layer.Inputs, layer.Axis(axis));

        // A shape that is put together stays one.
        OnnxValue?[] integers = layer.Inputs.Select(layer.Translator.Integers.Find).ToArray();
        if (layer.InputCount > 1 && integers.All(part => part is { Rank: 1 }))
        {
            layer.Translator.Integers.Remember(joined, layer.Graph.Concat(integers.Select(part => layer.Graph.Cast(part!, OnnxTensorType.Int64)).ToArray(), 0));
        }

        return joined;
    }

    private static OnnxValue Interleave(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        int axis = layer.Axis(layer.Settings.ConcatND.Axis), rank = layer.Rank(layer.X);
        OnnxValue stacked = graph.Concat(layer.Inputs.Select(input => graph.Unsqueeze(input, axis + 1)).ToArray(), axis + 1);
        OnnxValue[] sizes = Enumerable.Range(0, rank).Select(i => i == axis ? graph.Constants.Int64s([-1]) : graph.SizeOf(layer.X, i)).ToArray();
        return graph.ReshapeTo(stacked, graph.Concat(sizes, 0));
    }

    private static OnnxValue Stack(LayerContext layer)
    {
        int axis = ShapeArithmetic.Axis(layer.Settings.Stack.Axis_, layer.Rank(layer.X) + 1);
        return layer.Graph.Concat(layer.Inputs.Select(input => layer.Graph.Unsqueeze(input, axis)).ToArray(), axis);
    }

    private static IReadOnlyList<OnnxValue> SplitND(LayerContext layer)
    {
        SplitNDDetails settings = layer.Settings.SplitND;
        int axis = layer.Axis(settings.Axis);
        return Split(layer, axis, settings.SplitSizes.Count > 0
            ? LayerContext.Counts(settings.SplitSizes)
            : Even(layer.X.Dimension(axis), settings.NumSplits > 0 ? LayerContext.Count(settings.NumSplits) : layer.OutputCount));
    }

    private static long[] Even(long size, long parts)
    {
        if (size < 0 || parts < 1 || parts > int.MaxValue)
        {
            throw new NotTranslatableException("the size that it splits is not known, or the number of its parts.");
        }

        return Enumerable.Range(0, (int)parts).Select(part => (size / parts) + (part < size % parts ? 1 : 0)).ToArray();
    }

    private static IReadOnlyList<OnnxValue> Split(LayerContext layer, int axis, long[] sizes)
    {
        GraphBuilder graph = layer.Graph;
        OnnxValue x = layer.X;
        OnnxValue[] parts = sizes.Select(size => new OnnxValue(x.Type, x.Shape!.Select((own, i) => i == axis ? size : own).ToArray())).ToArray();
        graph.AddNode("Split", [x, graph.Constants.Int64s(sizes)], parts, [OnnxAttributes.Integer("axis", axis)], []);
        return parts;
    }

    private static OnnxValue SequenceRepeat(LayerContext layer)
    {
        int rank = layer.RankFrom(layer.X, LayerRanks.Sequence);
        long[] repeats = [LayerContext.Count(layer.Settings.SequenceRepeat.NRepetitions), .. Enumerable.Repeat(1L, rank - 1)];
        return Repeated(layer, layer.X, repeats);
    }

    private static OnnxValue Tile(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        if (layer.InputCount > 1)
        {
            OnnxValue repeats = layer.Sizes(1);
            long length = repeats.Dimension(0) is >= 0 and var known ? known : layer.Rank(layer.X);
            OnnxValue raised = length > layer.Rank(layer.X) ? Raised(length) : layer.X;
            repeats = length < layer.Rank(layer.X)
                ? graph.Concat([graph.Constants.Int64s(Enumerable.Repeat(1L, layer.Rank(layer.X) - (int)length).ToArray()), repeats], 0)
                : repeats;
            return graph.Add("Tile", layer.X.Type, ShapeNodes.Unknown(layer.Rank(raised)), [raised, repeats]);
        }

        long[] reps = LayerContext.Counts(layer.Settings.Tile.Reps);
        int missing = layer.Rank(layer.X) - reps.Length;
        return Repeated(layer, missing < 0 ? Raised(reps.Length) : layer.X, [.. Enumerable.Repeat(1L, System.Math.Max(missing, 0)), .. reps]);

        OnnxValue Raised(long rank) => graph.Unsqueeze(layer.X, Enumerable.Range(0, (int)rank - layer.Rank(layer.X)).Select(axis => (long)axis).ToArray());
    }

    private static OnnxValue Repeated(LayerContext layer, OnnxValue x, long[] repeats) => layer.Graph.Add(
        "Tile", x.Type, x.Shape!.Zip(repeats, (size, times) => size < 0 ? -1 : checked(size * times)).ToArray(), [x, layer.Graph.Constants.Int64s(repeats)]);
}
