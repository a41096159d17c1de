using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>Which nodes of an outermost graph depend on which values, directly or through others. A node depends on what the graphs inside it use.</summary>
internal sealed class GraphDependence
{
    private readonly OnnxValue[][] _uses;
    private readonly double[] _costs;

    /// <summary>Looks at every node once.</summary>
    public GraphDependence(GraphBuilder graph)
    {
        Graph = graph;
        _uses = graph.Nodes.Select(node => Uses(node, graph).Distinct().ToArray()).ToArray();
        _costs = graph.Nodes.Select(NodeCost.Of).ToArray();
        Cost = _costs.Sum();
    }

    /// <summary>The graph.</summary>
    public GraphBuilder Graph { get; }

    /// <summary>How much all nodes compute.</summary>
    public double Cost { get; }

    /// <summary>What a node uses of the graph: values, inputs, constants.</summary>
    public IReadOnlyList<OnnxValue> UsesOf(int node) => _uses[node];

    /// <summary>How much a node computes.</summary>
    public double CostOf(int node) => _costs[node];

    /// <summary>For each node, whether it depends on one of some values.</summary>
    public bool[] DependentsOf(IEnumerable<OnnxValue> values)
    {
        var changed = new HashSet<OnnxValue>(values);
        var isDependent = new bool[_uses.Length];
        for (int node = 0; node < _uses.Length; node++)
        {
            if (_uses[node].Any(changed.Contains))
            {
                isDependent[node] = true;
                changed.UnionWith(Graph.Nodes[node].Outputs.OfType<OnnxValue>());
            }
        }

        return isDependent;
    }

    // Values of the graphs inside a node are none of this graph's; constants belong to no graph.
    private static IEnumerable<OnnxValue> Uses(OnnxNode node, GraphBuilder graph) => node.Inputs.OfType<OnnxValue>()
        .Concat(node.Subgraphs.SelectMany(inner => inner.Value.Nodes.SelectMany(one => Uses(one, graph)).Concat(inner.Value.Outputs)))
        .Where(value => value.Graph is null || value.Graph == graph);
}
