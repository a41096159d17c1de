using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Mil;

/// <summary>Names for new values that no value of the function has.</summary>
internal sealed class UniqueNames(ProgramGraph graph)
{
    private readonly HashSet<string> _taken = new(graph.Values.Select(value => value.Name), StringComparer.Ordinal);

    /// <summary>The name, or the name with the first number that makes it new.</summary>
    public string Make(string name)
    {
        string unique = name;
        for (int i = 1; !_taken.Add(unique); i++)
        {
            unique = name + "_" + i.ToString(CultureInfo.InvariantCulture);
        }

        return unique;
    }
}
