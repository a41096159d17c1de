using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil;

/// <summary>Removes constants that had a user before a rewrite and have none after it; what was unused before is not ours to remove.</summary>
internal static class UnusedConstants
{
    /// <summary>Removes them from a function body and the blocks inside.</summary>
    /// <param name="graph">The body as it was.</param>
    /// <param name="candidates">Constants, compressed ones included, that may have lost a user, directly or with another candidate.</param>
    public static void Remove(ProgramGraph graph, IReadOnlyCollection<OperationNode> candidates)
    {
        // What only an orphan uses is an orphan in the next round; there are as many rounds as compressed constants nest.
        while (candidates.Count > 0)
        {
            Block[] blocks = Blocks(graph.Body).ToArray();
            HashSet<string> used = UsedNames(blocks);
            OperationNode[] orphans = candidates.Where(node => node.Outputs.All(output => !used.Contains(output.Name))).ToArray();
            if (orphans.Length == 0)
            {
                return;
            }

            var messages = new HashSet<Operation>(orphans.Select(node => node.Message), MessageIdentity<Operation>.Instance);
            foreach (Block block in blocks)
            {
                Operation[] kept = block.Operations.Where(operation => !messages.Contains(operation)).ToArray();
                block.Operations.Clear();
                block.Operations.AddRange(kept);
            }

            candidates = candidates.Except(orphans).ToArray();
        }
    }

    private static HashSet<string> UsedNames(IEnumerable<Block> blocks) => new(
        blocks.SelectMany(block => block.Outputs.Concat(block.Operations
            .SelectMany(operation => operation.Inputs.Values)
            .SelectMany(argument => argument.Arguments)
            .Where(binding => binding.BindingCase == Argument.Types.Binding.BindingOneofCase.Name)
            .Select(binding => binding.Name))),
        StringComparer.Ordinal);

    private static IEnumerable<Block> Blocks(Block block) =>
        new[] { block }.Concat(block.Operations.SelectMany(operation => operation.Blocks).SelectMany(Blocks));
}
