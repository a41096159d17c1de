using System.Collections.Generic;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Networks.Layers;

namespace CoreMLQuant.Validation.Networks;

/// <summary>Holds a layer to the rule of its kind.</summary>
internal static class LayerRules
{
    /// <summary>Checks a layer.</summary>
    public static void Check(LayerContext layer, LayerRule rule, string location, FindingList findings)
    {
        if (!rule.Inputs.Allows(layer.Inputs))
        {
            findings.Add(ValidationRule.LayerInputCount, location, $"{layer.Kind} has {layer.Inputs} inputs; it takes {rule.Inputs}.");
        }

        if (!rule.Outputs.Allows(layer.Outputs))
        {
            findings.Add(ValidationRule.LayerOutputCount, location, $"{layer.Kind} has {layer.Outputs} outputs; it has {rule.Outputs}.");
        }

        if (layer.Scope.Traits.IsOfAnyRank)
        {
            Add(ValidationRule.LayerRank, Ranks(layer, rule.Ranks));
            Add(ValidationRule.LayerRank, rule.FurtherRanks(layer));
        }

        Add(ValidationRule.LayerSetting, rule.Settings(layer));

        void Add(ValidationRule broken, IEnumerable<string> problems)
        {
            foreach (string problem in problems)
            {
                findings.Add(broken, location, $"{layer.Kind}: {problem}");
            }
        }
    }

    private static IEnumerable<string> Ranks(LayerContext layer, RankRule rule)
    {
        (string What, int? Rank)[] ends = [("input", layer.InputRank(0)), ("output", layer.OutputRank(0))];
        if (rule.Equal && ends[0].Rank is { } input && ends[1].Rank is { } output && input != output)
        {
            yield return $"the input has rank {input} and the output {output}; they must be the same.";
        }

        var allowed = new Count(rule.Least, rule.Most);
        foreach ((string what, int? rank) in ends)
        {
            if (rank is { } known && !allowed.Allows(known))
            {
                yield return $"the {what} has rank {known}; it is {allowed}.";
            }
        }
    }
}
