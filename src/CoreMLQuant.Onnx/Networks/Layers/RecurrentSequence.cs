using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>The sequence of a recurrent layer and its states, without height and width.</summary>
internal sealed class RecurrentSequence
{
    private readonly LayerContext _layer;
    private readonly bool _isSpatial;

    /// <summary>Takes the first input of a layer.</summary>
    public RecurrentSequence(LayerContext layer, ulong hidden)
    {
        _layer = layer;
        Hidden = LayerContext.Count(hidden);
        _isSpatial = layer.RankFrom(layer.X, LayerRanks.Image) == LayerRanks.Sequence;
        Value = _isSpatial ? layer.Graph.Squeeze(layer.X, 3, 4) : layer.X;
    }

    /// <summary>The graph.</summary>
    public GraphBuilder Graph => _layer.Graph;

    /// <summary>Size of the hidden state.</summary>
    public long Hidden { get; }

    /// <summary>The sequence, [length, batch, features].</summary>
    public OnnxValue Value { get; }

    /// <summary>A state that is an input, [batch, hidden]; zeros when it is left out.</summary>
    public OnnxValue State(int input) => _layer.Optional(input) is { } state
        ? Graph.Reshape(state, -1, Hidden)
        : Graph.Expand(Graph.Constants.Float(0), Graph.Concat([Graph.SizeOf(Value, 1), Graph.Constants.Int64s([Hidden])], 0));

    /// <summary>Weights one below the other.</summary>
    /// <param name="names">Their fields.</param>
    /// <param name="columns">Number of columns, -1 for as many as there are; nothing for vectors.</param>
    public OnnxValue Joined(IEnumerable<string> names, params long[] columns) =>
        Graph.Concat(names.Select(name => _layer.Weight(name, [Hidden, .. columns])).ToArray(), 0);

    /// <summary>A sequence or a state with the axes of the input.</summary>
    public OnnxValue Blob(OnnxValue value)
    {
        OnnxValue sequence = value.Rank == 2 ? Graph.Unsqueeze(value, 0) : value;
        return _isSpatial ? Graph.Unsqueeze(sequence, 3, 4) : sequence;
    }
}
