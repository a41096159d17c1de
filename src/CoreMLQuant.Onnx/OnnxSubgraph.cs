using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx;

/// <summary>
/// The part of a graph that depends on some of its weights. All else that it uses are its inputs: values that the whole graph gives if it is asked for them, or takes itself.
/// </summary>
public sealed class OnnxSubgraph
{
    private const int ElementSize = 4;

    private readonly OnnxTranslation _whole;
    private readonly GraphDependence _dependence;
    private readonly bool[] _isIn;
    private readonly Lazy<HashSet<OnnxValue>> _made;
    private readonly Lazy<OnnxValue[]> _used;

    internal OnnxSubgraph(OnnxTranslation whole, GraphDependence dependence, bool[] isIn)
    {
        _whole = whole;
        _dependence = dependence;
        _isIn = isIn;
        Nodes = Enumerable.Range(0, isIn.Length).Where(node => isIn[node]).ToArray();
        Share = dependence.Cost > 0 ? Nodes.Sum(dependence.CostOf) / dependence.Cost : 0;
        _made = new Lazy<HashSet<OnnxValue>>(() => [.. Nodes.SelectMany(node => dependence.Graph.Nodes[node].Outputs).OfType<OnnxValue>()]);
        _used = new Lazy<OnnxValue[]>(() => Nodes.SelectMany(dependence.UsesOf).Distinct().ToArray());
    }

    /// <summary>Share of what the whole graph computes, 0 to 1; an estimate.</summary>
    public double Share { get; }

    /// <summary>Place of its first node in the whole graph; the number of all nodes when it has none.</summary>
    public int Start => Nodes.Count > 0 ? Nodes[0] : _isIn.Length;

    /// <summary>Tensors of the whole graph that it takes.</summary>
    public IEnumerable<string> Inputs => Crossing.Select(value => value.Name);

    /// <summary>Those of its inputs that the whole graph computes, and does not take itself.</summary>
    public IEnumerable<string> ComputedInputs => Crossing.Where(value => value.Maker is not null).Select(value => value.Name);

    /// <summary>Bytes of <see cref="ComputedInputs"/>, as far as their dimensions are known.</summary>
    public double InputBytes => Crossing.Where(value => value.Maker is not null).Sum(NodeCost.Size) * ElementSize;

    /// <summary>Constants that it uses.</summary>
    public IEnumerable<string> Constants => _used.Value.Where(value => value.Graph is null).Select(value => value.Name);

    /// <summary>Its nodes, by their places in the whole graph.</summary>
    internal IReadOnlyList<int> Nodes { get; }

    /// <summary>Values from elsewhere that it uses.</summary>
    internal IEnumerable<OnnxValue> Crossing => _used.Value.Where(value => value.Graph is not null && !_made.Value.Contains(value));

    /// <summary>Whether it computes a tensor of the whole graph.</summary>
    public bool Makes(string tensorName) => _made.Value.Any(value => value.Name == tensorName);

    /// <summary>The part that depends on the weights of either.</summary>
    /// <param name="other">Another part of the same graph.</param>
    public OnnxSubgraph Union(OnnxSubgraph other) => new(_whole, _dependence, [.. _isIn.Zip(other._isIn, (one, two) => one || two)]);

    /// <summary>The part as a graph, its weights only referred to; those that can be replaced are inputs as well.</summary>
    /// <param name="outputs">Tensors that it gives; it must make them.</param>
    /// <param name="shapeOf">The dimensions of an input, where they are always the same; <see langword="null"/> where they are not.</param>
    public byte[] ToBytes(IEnumerable<string> outputs, Func<string, IReadOnlyList<long>?> shapeOf)
    {
        Dictionary<string, OnnxValue> made = _made.Value.Where(value => value.Name.Length > 0).ToDictionary(value => value.Name, StringComparer.Ordinal);
        return _whole.ToBytes(this, outputs.Select(name => made[name]), shapeOf);
    }
}
