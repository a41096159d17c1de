using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Coding;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Planning;

/// <summary>What a budget has chosen for each weight.</summary>
internal sealed class WeightChoices
{
    private readonly Dictionary<WeightKey, (Alternative Alternative, string Reason)> _choices;

    /// <summary>Takes one alternative for each weight.</summary>
    public WeightChoices(IEnumerable<(WeightAlternatives Weight, Alternative Choice)> choices) => _choices = choices
        .SelectMany(chosen => chosen.Weight.Sites.Select(site => (Key: WeightKey.Of(site), Choice: (chosen.Choice, chosen.Weight.Reason))))
        .ToDictionary(pair => pair.Key, pair => pair.Choice);

    /// <summary>The recipes of a weight.</summary>
    /// <param name="site">The weight.</param>
    /// <param name="remark">Why it has none; empty when it has.</param>
    public IReadOnlyList<WeightRecipe> StepsOf(WeightSite site, out string remark)
    {
        (Alternative choice, string reason) = _choices[WeightKey.Of(site)];
        remark = choice.Recipe is not null ? string.Empty : reason.Length > 0 ? reason : "the budget is met without it";
        return choice.Recipe is null ? [] : [choice.Recipe];
    }

    /// <summary>The encoding of a weight's choice: the one that is kept, where there is one.</summary>
    /// <param name="site">The weight.</param>
    /// <param name="planned">How it is to be encoded.</param>
    public EncodedWeight Of(WeightSite site, EncodedWeight planned) =>
        _choices[WeightKey.Of(site)].Alternative.Record is { } record && record.Fits(planned) ? planned.As(record) : planned;

    /// <summary>Measured signal-to-noise ratio of a weight's choice, dB; <see langword="null"/> for a weight that stays.</summary>
    public double? SnrOf(WeightSite site) =>
        _choices[WeightKey.Of(site)].Alternative is { Recipe: not null } choice ? choice.Error.Snr : null;
}
