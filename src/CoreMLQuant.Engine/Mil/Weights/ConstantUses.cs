using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;

namespace CoreMLQuant.Mil.Weights;

/// <summary>Tells where a program's constants are used. What only changes a value's type or its dimensions of 1 is looked through.</summary>
internal sealed class ConstantUses(ProgramGraph graph)
{
    private static readonly HashSet<string> Transparent = ["cast", "identity", "expand_dims", "squeeze"];

    private readonly Lazy<Dictionary<OperationNode, int>> _ordinals = new(() => Ordinals(graph));

    /// <summary>The places that take a value, in program order.</summary>
    public IReadOnlyList<WeightUse> Of(ValueNode value) => Ends(value)
        .Select(use => new WeightUse(use.Consumer.Type, use.Consumer.Name, _ordinals.Value[use.Consumer], use.Parameter, ArgumentOf(use)))
        .ToArray();

    /// <summary>Axis of the output channels; <see langword="null"/> for scalars and vectors.</summary>
    public static int? ChannelAxis(ValueNode value, int rank)
    {
        ValueNode end = value;
        while (end.Uses.FirstOrDefault()?.Consumer is { } consumer && KeepsShape(consumer) && consumer.Outputs.Count > 0)
        {
            end = consumer.Outputs[0];
        }

        return rank < 2 ? null : ChannelAxes.Of(end, rank).Output;
    }

    private static bool KeepsShape(OperationNode operation) => operation.Type is "cast" or "identity";

    // Makers stand before users, so this comes to an end; a stack, because a damaged program may chain them by the thousand.
    private static IEnumerable<ValueUse> Ends(ValueNode value)
    {
        var next = new Stack<ValueUse>(Enumerable.Reverse(value.Uses));
        var seen = new HashSet<ValueNode>();
        while (next.Count > 0)
        {
            ValueUse use = next.Pop();
            if (Transparent.Contains(use.Consumer.Type) && use.Parameter == "x" && use.Consumer.Outputs.Count == 1)
            {
                ValueNode output = use.Consumer.Outputs[0];
                if (seen.Add(output))
                {
                    Enumerable.Reverse(output.Uses).ToList().ForEach(next.Push);
                }
            }
            else
            {
                yield return use;
            }
        }
    }

    private static int ArgumentOf(ValueUse use) => use.Consumer.Inputs
        .Where(input => input.Parameter == use.Parameter)
        .TakeWhile(input => !ReferenceEquals(input.Binding, use.Binding))
        .Count();

    private static Dictionary<OperationNode, int> Ordinals(ProgramGraph graph)
    {
        var ordinals = new Dictionary<OperationNode, int>();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (OperationNode operation in graph.Operations)
        {
            counts.TryGetValue(operation.Type, out int count);
            ordinals.Add(operation, count);
            counts[operation.Type] = count + 1;
        }

        return ordinals;
    }
}
