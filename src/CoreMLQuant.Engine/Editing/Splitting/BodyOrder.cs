using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Splitting;

/// <summary>
/// The operations of a function's body, one after the other, and which of them use a value first and last. Constants have no position: they go
/// where they are used. An operation's blocks are part of it.
/// </summary>
internal sealed class BodyOrder
{
    private readonly Dictionary<OperationNode, OperationNode> _holders = [];
    private readonly Dictionary<Block, OperationNode> _blockHolders = new(MessageIdentity<Block>.Instance);
    private readonly Dictionary<OperationNode, int> _positions = [];
    private readonly Dictionary<ValueNode, (int First, int Last)> _spans = [];

    public BodyOrder(ProgramGraph graph)
    {
        Graph = graph;
        var steps = new List<OperationNode>();
        var constants = new List<OperationNode>();
        OperationNode? holder = null;
        foreach (OperationNode node in graph.Operations)
        {
            holder = ReferenceEquals(node.Block, graph.Body) ? node : holder;
            _holders.Add(node, holder!);
            foreach (Block block in node.Message.Blocks)
            {
                _blockHolders.Add(block, holder!);
            }

            if (!ReferenceEquals(node, holder))
            {
                continue;
            }

            if (IsConstant(node))
            {
                constants.Add(node);
            }
            else
            {
                _positions.Add(node, steps.Count);
                steps.Add(node);
            }
        }

        // The function's inputs are the first values.
        Inputs = graph.Values.Take(graph.Function.Inputs.Count).ToArray();
        Steps = steps;
        Constants = constants;
        foreach (ValueNode value in constants.AsEnumerable().Reverse().SelectMany(node => node.Outputs).Concat(graph.Values.Where(value => ReferenceEquals(value.Block, graph.Body) && !IsConstant(value.Maker))))
        {
            _spans[value] = Measure(value);
        }
    }

    /// <summary>The body with its names resolved.</summary>
    public ProgramGraph Graph { get; }

    /// <summary>The operations that are no constants, in their order.</summary>
    public IReadOnlyList<OperationNode> Steps { get; }

    /// <summary>The constants, plain and compressed, in their order.</summary>
    public IReadOnlyList<OperationNode> Constants { get; }

    /// <summary>Inputs of the function.</summary>
    public IReadOnlyList<ValueNode> Inputs { get; }

    /// <summary>Whether a value is an output of the function.</summary>
    public bool IsOutput(ValueNode value) => value.OutputOf.Any(block => ReferenceEquals(block, Graph.Body));

    /// <summary>Position of the operation that makes a value of the body; -1 for an input or a constant.</summary>
    public int MadeAt(ValueNode value) => value.Maker is { } maker && _positions.TryGetValue(maker, out int position) ? position : -1;

    /// <summary>Positions of the first and the last operation that use a value of the body; (<see cref="int.MaxValue"/>, -1) for one that none uses.</summary>
    public (int First, int Last) SpanOf(ValueNode value) => _spans[value];

    /// <summary>Positions of the first and the last operation that use a constant.</summary>
    public (int First, int Last) SpanOf(OperationNode constant) => constant.Outputs.Select(SpanOf).Aggregate((int.MaxValue, -1), Join);

    private static bool IsConstant(OperationNode? node) => node is { IsConst: true } or { IsConstexpr: true };

    // A use by a compressed constant is a use by what uses that.
    private (int First, int Last) Measure(ValueNode value) => value.Uses
        .Select(use => _holders[use.Consumer])
        .Concat(value.OutputOf.Where(_blockHolders.ContainsKey).Select(block => _blockHolders[block]))
        .Select(user => _positions.TryGetValue(user, out int position) ? (position, position) : SpanOf(user))
        .Aggregate((int.MaxValue, -1), Join);

    private static (int First, int Last) Join((int First, int Last) one, (int First, int Last) other) =>
        (System.Math.Min(one.First, other.First), System.Math.Max(one.Last, other.Last));
}
