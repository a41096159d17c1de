using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Validation.Programs;

/// <summary>Rules for names: made once in a block, and before they are used.</summary>
internal static class ScopeRules
{
    /// <summary>Checks a body.</summary>
    public static void Check(ProgramGraph graph, Place place, FindingList findings)
    {
        foreach (UnresolvedName unresolved in graph.Unresolved)
        {
            string location = unresolved.Consumer is { } consumer ? place.Of(consumer.Type, consumer.Name) : place.Of("output", unresolved.Name);
            findings.Add(ValidationRule.UndefinedValue, location, $"'{unresolved.Name}' is not made before it is used{Suggestion.For(unresolved.Name, graph.Values.Select(value => value.Name))}");
        }

        var names = new HashSet<(Block, string)>(new BlockNames());
        foreach (ValueNode value in graph.Values.Where(value => !names.Add((value.Block, value.Name))))
        {
            findings.Add(ValidationRule.DuplicateValue, place.Of("value", value.Name), "the name is made twice in one block.");
        }
    }

    // Blocks compare by content, and that costs all that is in them.
    private sealed class BlockNames : IEqualityComparer<(Block Block, string Name)>
    {
        public bool Equals((Block Block, string Name) x, (Block Block, string Name) y) => ReferenceEquals(x.Block, y.Block) && x.Name == y.Name;

        public int GetHashCode((Block Block, string Name) key) => System.StringComparer.Ordinal.GetHashCode(key.Name);
    }
}
