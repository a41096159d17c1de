using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Validation.Findings;

/// <summary>What a name that leads nowhere may have been meant to be.</summary>
internal static class Suggestion
{
    /// <summary>The end of a sentence about a name: a question with the nearest one, or a full stop when none is near.</summary>
    /// <param name="name">The name.</param>
    /// <param name="candidates">The names that lead somewhere.</param>
    /// <param name="spare">Of them, those that nothing leads to yet; told when none is near.</param>
    public static string For(string name, IEnumerable<string> candidates, IReadOnlyCollection<string>? spare = null) =>
        NearestName.Of(name, candidates) is { } nearest && nearest != name ? $"; did you mean '{nearest}'?"
        : spare is { Count: > 0 } ? $"; nothing uses {string.Join(", ", spare.Select(one => $"'{one}'"))}."
        : ".";
}
