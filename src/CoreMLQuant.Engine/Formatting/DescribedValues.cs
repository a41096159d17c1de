using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Formatting;

/// <summary>Named values in their order, whose text lists them; see <see cref="DescribedList{T}"/>.</summary>
public sealed class DescribedValues : OrderedDictionary
{
    private DescribedValues(OrderedDictionary values)
        : base(System.StringComparer.Ordinal)
    {
        foreach (DictionaryEntry value in values)
        {
            Add(value.Key, value.Value);
        }
    }

    /// <summary>Values that describe themselves.</summary>
    /// <param name="values">The values, by names that differ in case at least.</param>
    public static DescribedValues Of(OrderedDictionary values) => values as DescribedValues ?? new DescribedValues(values);

    /// <summary><c>name: value</c>, separated by semicolons.</summary>
    public override string ToString() =>
        string.Join("; ", this.Cast<DictionaryEntry>().Select(value => string.Format(CultureInfo.InvariantCulture, "{0}: {1}", value.Key, value.Value)));
}
