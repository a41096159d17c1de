using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Mil;

/// <summary>Names for new values that no value of the function has.</summary>
internal sealed class UniqueNames
{
    private readonly Lazy<HashSet<string>> _taken;

    /// <summary>Takes note of the names that a body has now.</summary>
    public UniqueNames(ProgramGraph graph)
        : this(NamesOf(graph))
    {
    }

    private UniqueNames(HashSet<string> taken) => _taken = new Lazy<HashSet<string>>(() => taken);

    private UniqueNames(Func<HashSet<string>> taken) => _taken = new Lazy<HashSet<string>>(taken);

    /// <summary>Takes note of a body's names when the first new one is asked for: for bodies whose names do not change before, and which need none as a rule.</summary>
    public static UniqueNames WhenNeeded(ProgramGraph graph) => new(() => NamesOf(graph));

    /// <summary>The name, or the name with the first number that makes it new.</summary>
    public string Make(string name)
    {
        string unique = name;
        for (int i = 1; !_taken.Value.Add(unique); i++)
        {
            unique = name + "_" + i.ToString(CultureInfo.InvariantCulture);
        }

        return unique;
    }

    private static HashSet<string> NamesOf(ProgramGraph graph) => new(graph.Values.Select(value => value.Name), StringComparer.Ordinal);
}
