using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Float16;

/// <summary>Removes constants that had a user before the rewrite and have none after it; what was unused before is not ours to remove.</summary>
internal static class UnusedConstants
{
    /// <summary>Removes them from a function body and the blocks inside.</summary>
    /// <param name="graph">The body as it was.</param>
    /// <param name="candidates">Constants that have lost a user.</param>
    public static void Remove(ProgramGraph graph, IReadOnlyCollection<OperationNode> candidates)
    {
        if (candidates.Count == 0)
        {
            return;
        }

        Block[] blocks = Blocks(graph.Body).ToArray();
        var used = new HashSet<string>(
            blocks.SelectMany(block => block.Outputs.Concat(block.Operations
                .SelectMany(operation => operation.Inputs.Values)
                .SelectMany(argument => argument.Arguments)
                .Where(binding => binding.BindingCase == Argument.Types.Binding.BindingOneofCase.Name)
                .Select(binding => binding.Name))),
            StringComparer.Ordinal);
        var orphans = new HashSet<Operation>(
            candidates
                .Where(node => node.Outputs.All(output => !used.Contains(output.Name)))
                .Select(node => node.Message),
            MessageIdentity<Operation>.Instance);
        if (orphans.Count == 0)
        {
            return;
        }

        foreach (Block block in blocks)
        {
            Operation[] kept = block.Operations.Where(operation => !orphans.Contains(operation)).ToArray();
            block.Operations.Clear();
            block.Operations.AddRange(kept);
        }
    }

    private static IEnumerable<Block> Blocks(Block block) =>
        new[] { block }.Concat(block.Operations.SelectMany(operation => operation.Blocks).SelectMany(Blocks));
}
