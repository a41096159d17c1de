using System.Collections.Generic;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Validation.Findings;

/// <summary>What a name that leads nowhere may have been meant to be.</summary>
internal static class Suggestion
{
    /// <summary>The end of a sentence about a name: a question with the nearest one, or a full stop when none is near.</summary>
    public static string For(string name, IEnumerable<string> candidates) =>
        NearestName.Of(name, candidates) is { } nearest && nearest != name ? $"; did you mean '{nearest}'?" : ".";
}
