using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace CoreMLQuant.Formatting;

/// <summary>Reasons that differ only in their numbers, as one: <c>has ... values; only weights with more than 2048 are compressed</c>.</summary>
internal static class CommonReason
{
    private const string Gap = "...";

    private static readonly Regex Number = new(@"\d+", RegexOptions.CultureInvariant);

    /// <summary>The same for all reasons that differ only in their numbers.</summary>
    public static string KeyOf(string reason) => Number.Replace(reason, Gap);

    /// <summary>What reasons with the same key have in common.</summary>
    public static string Of(IEnumerable<string> reasons)
    {
        string[] all = reasons.Distinct().ToArray();
        string[][] numbers = all.Select(reason => Number.Matches(reason).Cast<Match>().Select(match => match.Value).ToArray()).ToArray();
        int index = 0;
        return Number.Replace(all[0], match =>
        {
            int place = index++;
            return numbers.All(values => values[place] == match.Value) ? match.Value : Gap;
        });
    }
}
