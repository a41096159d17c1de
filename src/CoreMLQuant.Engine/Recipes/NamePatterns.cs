using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Recipes;

/// <summary>Several patterns; a name matches when one of them does. Immutable.</summary>
public sealed class NamePatterns
{
    /// <summary>No pattern: matches nothing.</summary>
    public static readonly NamePatterns None = new(Array.Empty<NamePattern>());

    private NamePatterns(IReadOnlyList<NamePattern> patterns, bool areNames = false) => (Patterns, AreNames) = (patterns, areNames);

    /// <summary>Whether they are a list of names, and not patterns that somebody wrote.</summary>
    public bool AreNames { get; }

    /// <summary>The patterns in the order in which they were specified.</summary>
    public IReadOnlyList<NamePattern> Patterns { get; }

    /// <summary>Whether there is no pattern.</summary>
    public bool IsEmpty => Patterns.Count == 0;

    /// <summary>Reads patterns.</summary>
    /// <exception cref="ArgumentException">One of them is empty or not a valid regular expression.</exception>
    public static NamePatterns Parse(IEnumerable<string>? texts)
    {
        NamePattern[] patterns = texts?.Select(text => new NamePattern(text)).ToArray() ?? Array.Empty<NamePattern>();
        return patterns.Length == 0 ? None : new NamePatterns(patterns);
    }

    /// <summary>Patterns that match these names and no others.</summary>
    public static NamePatterns Exact(IEnumerable<string> names) =>
        new(names.Distinct(System.StringComparer.Ordinal).Select(NamePattern.Exact).ToArray(), areNames: true);

    /// <summary>The first pattern that matches one of the names, or <see langword="null"/>.</summary>
    public NamePattern? First(params string[] names)
    {
        foreach (NamePattern pattern in Patterns)
        {
            foreach (string name in names)
            {
                if (pattern.IsMatch(name))
                {
                    return pattern;
                }
            }
        }

        return null;
    }
}
