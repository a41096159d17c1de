using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Mil.Activations;

/// <summary>Removes what makes integers again that are there already, and what there is twice.</summary>
internal static class RedundantPairs
{
    /// <summary>A <c>quantize</c> behind a <c>dequantize</c> of the same parameters gives the integers that went in.</summary>
    public static void RemoveRoundTrips(ActivationGraph graph)
    {
        foreach (ActivationNode dequantize in graph.Added.Where(node => node.IsDequantize))
        {
            ActivationValue codes = dequantize.Inputs[0].Value;
            ActivationNode[] again = dequantize.Output.Uses.Select(use => use.Consumer).Where(user => user.IsQuantize && user.Parameters == dequantize.Parameters).ToArray();
            foreach (ActivationNode quantize in again)
            {
                ActivationGraph.ReplaceUses([.. quantize.Output.Uses], codes);
                graph.Remove(quantize);
            }

            if (again.Length > 0 && dequantize.Output.Uses.Count == 0)
            {
                graph.Remove(dequantize);
            }
        }
    }

    /// <summary>Of operations in one block that do the same to the same value, the first one serves all.</summary>
    public static void MergeEqual(ActivationGraph graph)
    {
        // Makers come before users, so that what uses merged values is merged after them.
        var firsts = new Dictionary<(ActivationValue Input, string Type, PairParameters? Parameters), List<ActivationNode>>();
        foreach (ActivationNode node in graph.Added)
        {
            (ActivationValue, string, PairParameters?) key = (node.Inputs[0].Value, node.Type, node.Parameters);
            if (!firsts.TryGetValue(key, out List<ActivationNode>? alike))
            {
                firsts.Add(key, alike = []);
            }

            if (alike.Find(one => ReferenceEquals(one.Block, node.Block)) is not { } first)
            {
                alike.Add(node);
            }
            else
            {
                ActivationGraph.ReplaceUses([.. node.Output.Uses], first.Output);
                graph.Remove(node);
            }
        }
    }

    /// <summary>Removes what nothing uses.</summary>
    public static void RemoveUnused(ActivationGraph graph)
    {
        foreach (ActivationNode node in graph.Added.Reverse().Where(node => node.Output.Uses.Count == 0))
        {
            graph.Remove(node);
        }
    }
}
