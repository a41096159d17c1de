using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Other shapes for the same elements.</summary>
internal static class ReshapeForms
{
    private const int ChannelsLast = 1;

    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        LayerForm.Of(Kind.Reshape, Reshape) with { Trap = "Four sizes begin with the sequence; channels may go last first." },
        LayerForm.Of(Kind.Flatten, Flatten),
        LayerForm.Of(Kind.FlattenTo2D, FlattenTo2D),
        LayerForm.Of(Kind.ReshapeStatic, layer => Sized(layer, layer.Settings.ReshapeStatic.TargetShape)),
        LayerForm.Of(Kind.RankPreservingReshape, layer => Sized(layer, layer.Settings.RankPreservingReshape.TargetShape)) with { Trap = "0 keeps a size, -1 takes what remains." },
        LayerForm.Of(Kind.ReshapeLike, layer => layer.Graph.ReshapeTo(layer.X, layer.Graph.ShapeOf(layer.Input(1)))),
        LayerForm.Of(Kind.ReshapeDynamic, layer => layer.Graph.ReshapeTo(layer.X, layer.Sizes(1))),
    ];

    private static OnnxValue Sized(LayerContext layer, IReadOnlyList<long> target)
    {
        if (target.Count == 0)
        {
            throw new NotTranslatableException("its target has no sizes.");
        }

        OnnxValue[] sizes = target
            .Select((size, axis) => size == 0 && axis < layer.Rank(layer.X) ? layer.Graph.SizeOf(layer.X, axis) : layer.Graph.Constants.Int64s([size])).ToArray();
        return layer.Graph.ReshapeTo(layer.X, layer.Graph.Concat(sizes, 0));
    }

    private static OnnxValue Reshape(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        ReshapeDetails settings = layer.Settings.Reshape;
        long[] target = settings.TargetShape.ToArray();
        if (target.Length is not (3 or 4))
        {
            throw new NotTranslatableException($"its target has {target.Length} sizes; 3 or 4 are needed.");
        }

        int leading = layer.RankFrom(layer.X, LayerRanks.Image) - LayerRanks.Image;
        OnnxValue[] own = Enumerable.Range(0, leading).Select(axis => graph.SizeOf(layer.X, axis)).ToArray();
        if (target.Length == 4 && leading > 0)
        {
            own[0] = graph.Constants.Int64s([target[0]]);
        }

        long[] image = target.Skip(target.Length - LayerRanks.Image).ToArray();
        if (settings.Mode != ChannelsLast)
        {
            return graph.ReshapeTo(layer.X, graph.Concat([.. own, graph.Constants.Int64s(image)], 0));
        }

        OnnxValue last = ChannelsMoved(graph, layer.X, leading, leading + 2);
        OnnxValue shaped = graph.ReshapeTo(last, graph.Concat([.. own, graph.Constants.Int64s([image[1], image[2], image[0]])], 0));
        return ChannelsMoved(graph, shaped, leading + 2, leading);
    }

    private static OnnxValue Flatten(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        int leading = layer.RankFrom(layer.X, LayerRanks.Image) - LayerRanks.Image;
        OnnxValue x = layer.Settings.Flatten.Mode == ChannelsLast ? ChannelsMoved(graph, layer.X, leading, leading + 2) : layer.X;
        OnnxValue[] own = Enumerable.Range(0, leading).Select(axis => graph.SizeOf(layer.X, axis)).ToArray();
        return graph.ReshapeTo(x, graph.Concat([.. own, graph.Constants.Int64s([-1, 1, 1])], 0));
    }

    private static OnnxValue ChannelsMoved(GraphBuilder graph, OnnxValue x, int from, int to) => graph.MoveAxis(x, x.Rank!.Value, from, to);

    private static OnnxValue FlattenTo2D(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        int rank = layer.Rank(layer.X), axis = layer.Settings.FlattenTo2D.Axis_ is var given && given == rank ? rank : layer.Axis(given);
        OnnxValue first = graph.Constants.Int64s([1]);
        for (int i = 0; i < axis; i++)
        {
            first = graph.Times(first, graph.SizeOf(layer.X, i));
        }

        return graph.ReshapeTo(layer.X, graph.Concat([first, graph.Constants.Int64s([-1])], 0));
    }
}
