using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Formatting;
using CoreMLQuant.Reporting.Charts;
using CoreMLQuant.Reporting.Page;

namespace CoreMLQuant.Reporting;

/// <summary>The part that says where the bytes are.</summary>
internal static class ByteSections
{
    // More are hard to read, and a bar for the rest would dwarf them.
    private const int BarCount = 12;

    /// <summary>A weight's bytes.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="OpType">Type of the operation or layer that uses it.</param>
    /// <param name="Reference">Bytes in the model, or in the reference.</param>
    /// <param name="Difference">Bytes in the other model; <see langword="null"/> when there is none.</param>
    public sealed record Item(string Name, string OpType, long Reference, long? Difference);

    /// <summary>By operation type, and by weight.</summary>
    public static Section Create(IReadOnlyList<Item> items)
    {
        bool isPair = items[0].Difference is not null;
        IEnumerable<ByteBars.Bar> types = items.GroupBy(item => item.OpType).Select(group => new ByteBars.Bar(
            group.Key.Length > 0 ? group.Key : "not used",
            group.Sum(item => item.Reference),
            isPair ? group.Sum(item => item.Difference) : null));
        IEnumerable<ByteBars.Bar> weights = items.Select(item => new ByteBars.Bar(item.Name, item.Reference, item.Difference));
        return new Section("bytes", "Where the bytes are", "Weight data, including scales, tables and masks.")
        {
            Figures =
            [
                FigureOf("By type of operation", "type", ByteBars.Sorted(types), "bytes-types", isPair),
                FigureOf("By weight", "weight", ByteBars.Sorted(weights), "bytes-weights", isPair),
            ],
        };
    }

    private static Figure FigureOf(string heading, string noun, ByteBars.Bar[] bars, string id, bool isPair)
    {
        ByteBars.Bar[] shown = bars.Take(BarCount).ToArray(), others = bars.Skip(BarCount).ToArray();
        string caption = isPair
            ? $"Most: {bars[0].Label}, {Bytes(bars.Take(1), isPair)}."
            : $"Most: {bars[0].Label}, {Bytes(bars.Take(1), isPair)} of {Bytes(bars, isPair)}.";
        if (others.Length > 0)
        {
            caption += FormattableString.Invariant($" Not shown: {others.Length} other {noun}{(others.Length == 1 ? string.Empty : "s")}, {Bytes(others, isPair)}.");
        }

        return new Figure(
            heading,
            caption,
            isPair ? [("reference", "before"), ("difference", "after")] : [],
            ByteBars.Draw(shown, id, $"Bytes, {heading.ToLowerInvariant()}. {caption}"));
    }

    private static string Bytes(IEnumerable<ByteBars.Bar> bars, bool isPair)
    {
        string before = Figures.Size(bars.Sum(bar => bar.Reference));
        return isPair ? $"{before} before and {Figures.Size(bars.Sum(bar => bar.Difference ?? 0))} after" : before;
    }
}
