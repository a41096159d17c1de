using System.Linq;
using CoreMLQuant.Mil;
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

        foreach (ValueNode value in graph.Duplicates)
        {
            findings.Add(ValidationRule.DuplicateValue, place.Of("value", value.Name), "the name is made twice in one block.");
        }
    }
}
