using System;
using System.Collections.Generic;

namespace CoreMLQuant.Formatting;

/// <summary>Finds what a misspelt name was meant to be.</summary>
internal static class NearestName
{
    /// <summary>The candidate with the fewest letters changed, or that begins so, if it is near enough to be meant; <see langword="null"/> otherwise.</summary>
    public static string? Of(string name, IEnumerable<string> candidates)
    {
        string? nearest = null;
        int least = Math.Max(2, name.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            int distance = name.Length > 2 && Plain(candidate).StartsWith(Plain(name), StringComparison.Ordinal) ? 1 : Distance(Plain(name), Plain(candidate));
            if (distance < least)
            {
                least = distance;
                nearest = candidate;
            }
        }

        return nearest;
    }

    // groupSize, group-size and Group_Size are all meant to be group_size.
    private static string Plain(string name) => name.Replace("_", string.Empty).Replace("-", string.Empty).ToUpperInvariant();

    /// <summary>Letters to insert, remove or replace (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        int[] row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
