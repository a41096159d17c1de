using System.Collections.Generic;
using CoreMLQuant.Mil;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs;

/// <summary>
/// What the values of a program are in the graph at one place: a block sees those of the blocks around it. A state is a variable: what
/// stands for it changes with each write.
/// </summary>
internal sealed class ProgramScope(ProgramScope? outer, GraphBuilder graph)
{
    private readonly Dictionary<ValueNode, OnnxValue> _values = [];
    private readonly Dictionary<ValueNode, OnnxValue> _states = [];

    /// <summary>The graph that nodes are added to.</summary>
    public GraphBuilder Graph { get; } = graph;

    /// <summary>States that were written in this block, and what they are now.</summary>
    public IEnumerable<KeyValuePair<ValueNode, OnnxValue>> Written => _states;

    /// <summary>Says what a value is.</summary>
    public void Define(ValueNode value, OnnxValue tensor) => _values[value] = tensor;

    /// <summary>What a value is; <see langword="null"/> when it is not made here or around.</summary>
    public OnnxValue? Find(ValueNode value) => _values.TryGetValue(value, out OnnxValue? tensor) ? tensor : outer?.Find(value);

    /// <summary>What a state is now; <see langword="null"/> when it is none.</summary>
    public OnnxValue? State(ValueNode state) => _states.TryGetValue(state, out OnnxValue? tensor) ? tensor : outer?.State(state);

    /// <summary>Writes a state.</summary>
    public void Write(ValueNode state, OnnxValue tensor) => _states[state] = tensor;
}
