using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Validation.Stages;

/// <summary>The nodes of an ensemble of trees, and whether they make trees.</summary>
internal sealed class TreeNodes
{
    private const int Leaf = 6;

    // One broken tree is told; a thousand broken ones need no thousand sentences.
    private const int MaxProblems = 10;

    private readonly List<Node> _nodes = [];

    /// <summary>Adds a node.</summary>
    public void Add(TreeNodeDetails node) => _nodes.Add(new Node(
        node.TreeId,
        node.NodeId,
        node.NodeBehavior,
        node.TrueChildNodeId,
        node.FalseChildNodeId,
        node.EvaluationInfo.Count,
        node.EvaluationInfo.Count == 0 ? 0 : node.EvaluationInfo.Max(value => value.EvaluationIndex),
        node.EvaluationInfo.Count > 1 && node.EvaluationInfo.Select(value => value.EvaluationIndex).Distinct().Count() < node.EvaluationInfo.Count));

    /// <summary>What is wrong with the nodes, the first few things.</summary>
    /// <param name="dimensions">Number of values that are predicted.</param>
    public IEnumerable<string> Problems(ulong dimensions)
    {
        var indices = new Dictionary<(ulong Tree, ulong Id), int>();
        var problems = new List<string>();
        for (int i = 0; i < _nodes.Count && problems.Count < MaxProblems; i++)
        {
            if (indices.ContainsKey(_nodes[i].Key))
            {
                problems.Add($"{_nodes[i]} is there twice.");
                continue;
            }

            indices.Add(_nodes[i].Key, i);
            problems.AddRange(_nodes[i].Problems(dimensions));
        }

        return (problems.Count > 0 ? problems : Connections(indices)).Take(MaxProblems);
    }

    private IEnumerable<string> Connections(Dictionary<(ulong Tree, ulong Id), int> indices)
    {
        var problems = new List<string>();
        int[] parents = Enumerable.Repeat(-1, _nodes.Count).ToArray();
        for (int i = 0; i < _nodes.Count && problems.Count < MaxProblems; i++)
        {
            foreach (ulong child in _nodes[i].Behavior == Leaf ? [] : new[] { _nodes[i].FalseChild, _nodes[i].TrueChild })
            {
                if (!indices.TryGetValue((_nodes[i].Tree, child), out int index))
                {
                    problems.Add($"{_nodes[i]} branches to node {child}, which is not there.");
                }
                else if (index == i || parents[index] >= 0)
                {
                    problems.Add($"{_nodes[i]} branches to node {child}, which {(index == i ? "is itself" : "another branch leads to already")}.");
                }
                else
                {
                    parents[index] = i;
                }
            }
        }

        return problems.Count > 0 ? problems : Roots(parents);
    }

    // With one parent at most each, nodes that no root leads to are on a circle.
    private IEnumerable<string> Roots(int[] parents)
    {
        int[] roots = Enumerable.Range(0, parents.Length).Where(i => parents[i] < 0).ToArray();
        foreach (IGrouping<ulong, int> tree in roots.GroupBy(root => _nodes[root].Tree).Where(tree => tree.Skip(1).Any()))
        {
            yield return $"tree {tree.Key} has {tree.Count()} roots; a tree has one.";
        }

        bool[] isConnected = new bool[parents.Length];
        var path = new List<int>();
        for (int i = 0; i < parents.Length; i++)
        {
            path.Clear();
            int node = i;
            while (!isConnected[node] && parents[node] >= 0 && path.Count <= parents.Length)
            {
                path.Add(node);
                node = parents[node];
            }

            if (path.Count > parents.Length)
            {
                yield return $"{_nodes[i]} is on a circle, or behind one.";
                yield break;
            }

            isConnected[node] = true;
            path.ForEach(passed => isConnected[passed] = true);
        }
    }

    private readonly record struct Node(
        ulong Tree, ulong Id, int Behavior, ulong TrueChild, ulong FalseChild, int ValueCount, ulong HighestIndex, bool HasDuplicates)
    {
        public (ulong Tree, ulong Id) Key => (Tree, Id);

        public IEnumerable<string> Problems(ulong dimensions)
        {
            if (Behavior is < 0 or > Leaf)
            {
                yield return $"{this} is no leaf and no branch that is known ({Behavior}).";
            }
            else if (Behavior == Leaf && ValueCount == 0)
            {
                yield return $"{this} is a leaf without values.";
            }
            else if (Behavior == Leaf && (HighestIndex >= dimensions || HasDuplicates))
            {
                yield return HasDuplicates ? $"{this} has two values for one dimension." : $"{this} has a value for dimension {HighestIndex} of {dimensions}.";
            }
        }

        public override string ToString() => $"node {Id} of tree {Tree}";
    }
}
