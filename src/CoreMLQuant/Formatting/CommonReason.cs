using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace CoreMLQuant.Formatting;

/// <summary>Reasons that differ only in their numbers, as one: <c>has 64 to 1024 values; only weights with more than 2048 are compressed</c>.</summary>
internal static class CommonReason
{
    private const string Gap = "...";

    private static readonly Regex Number = new(@"\d+", RegexOptions.CultureInvariant);

    /// <summary>The same for all reasons that differ only in their numbers.</summary>
    public static string KeyOf(string reason) => Number.Replace(reason, Gap);

    /// <summary>What reasons with the same key have in common; numbers of which they have several, as their range.</summary>
    public static string Of(IEnumerable<string> reasons)
    {
        string[] all = reasons.Distinct().ToArray();
        string[][] numbers = all.Select(reason => Number.Matches(reason).Cast<Match>().Select(match => match.Value).ToArray()).ToArray();
        int index = 0;
        return Number.Replace(all[0], match =>
        {
            int place = index++;
            string[] values = numbers.Select(ofReason => ofReason[place]).Distinct().ToArray();
            return values.Length == 1 ? match.Value : IsWord(all[0], match) ? RangeOf(values) : Gap;
        });
    }

    // The numbers in names and shapes are no amounts.
    private static bool IsWord(string reason, Match match) =>
        match.Index > 0 && reason[match.Index - 1] == ' ' && match.Index + match.Length < reason.Length && reason[match.Index + match.Length] == ' ';

    private static string RangeOf(string[] values)
    {
        decimal[] amounts = values.Select(value => decimal.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out decimal amount) ? amount : -1).OrderBy(amount => amount).ToArray();
        return amounts[0] < 0 ? Gap : string.Format(CultureInfo.InvariantCulture, "{0} to {1}", amounts[0], amounts[amounts.Length - 1]);
    }
}
