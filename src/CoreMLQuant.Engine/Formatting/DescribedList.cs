using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Formatting;

/// <summary>
/// A list whose text says what it holds, for the formats that have one text for each property, such as CSV: the values themselves, or their
/// number where each of them has properties of its own.
/// </summary>
public sealed class DescribedList<T> : ReadOnlyCollection<T>
{
    private readonly string? _noun;

    private DescribedList(IList<T> items, string? noun)
        : base(items) => _noun = noun;

    /// <summary>A list of values that are text by themselves.</summary>
    public static DescribedList<T> Of(IReadOnlyList<T> items) => items as DescribedList<T> ?? new DescribedList<T>(items as IList<T> ?? items.ToArray(), null);

    /// <summary>A list of records, which are only counted.</summary>
    /// <param name="items">The records.</param>
    /// <param name="noun">What they are, in the plural with an s.</param>
    public static DescribedList<T> Of(IReadOnlyList<T> items, string noun) =>
        items as DescribedList<T> ?? new DescribedList<T>(items as IList<T> ?? items.ToArray(), noun);

    /// <summary>The values, separated by semicolons, or <c>18 weights</c>; empty for an empty list.</summary>
    public override string ToString() => Count == 0 ? string.Empty
        : _noun is null ? string.Join("; ", this.Select(item => System.Convert.ToString(item, CultureInfo.InvariantCulture)))
        : string.Format(CultureInfo.InvariantCulture, "{0} {1}", Count, Count == 1 ? _noun.TrimEnd('s') : _noun);
}
