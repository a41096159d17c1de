using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;

namespace CoreMLQuant.Formatting;

/// <summary>Names and values whose text lists them; see <see cref="DescribedList{T}"/>.</summary>
public sealed class DescribedMap(IDictionary<string, string> entries) : ReadOnlyDictionary<string, string>(entries)
{
    /// <summary>A map that describes itself.</summary>
    public static DescribedMap Of(IReadOnlyDictionary<string, string> entries) =>
        entries as DescribedMap ?? new DescribedMap(entries.ToDictionary(entry => entry.Key, entry => entry.Value));

    /// <summary><c>name=value</c>, separated by semicolons.</summary>
    public override string ToString() => string.Join("; ", this.Select(entry => $"{entry.Key}={entry.Value}"));
}
