using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Formatting;
using CoreMLQuant.Reporting.Charts;
using CoreMLQuant.Reporting.Page;

namespace CoreMLQuant.Reporting;

/// <summary>The part that says where the bytes are.</summary>
internal static class ByteSections
{
    private const int OperationCount = 12;
    private const int WeightCount = 12;

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
        IReadOnlyList<ByteBars.Bar> types = ByteBars.Largest(
            [.. items.GroupBy(item => item.OpType).Select(group => new ByteBars.Bar(
                group.Key.Length > 0 ? group.Key : "not used",
                group.Sum(item => item.Reference),
                isPair ? group.Sum(item => item.Difference) : null))],
            OperationCount,
            "other types");
        IReadOnlyList<ByteBars.Bar> weights = ByteBars.Largest([.. items.Select(item => new ByteBars.Bar(item.Name, item.Reference, item.Difference))], WeightCount, "other weights");
        return new Section("bytes", "Where the bytes are", "Data of weights with their scales, tables and masks.")
        {
            Figures = [FigureOf("By type of operation", types, "bytes-types", isPair), FigureOf("By weight", weights, "bytes-weights", isPair)],
        };
    }

    private static Figure FigureOf(string heading, IReadOnlyList<ByteBars.Bar> bars, string id, bool isPair)
    {
        ByteBars.Bar most = bars[0];
        string caption = isPair
            ? $"Most: {most.Label}, {Figures.Size(most.Reference)} before and {Figures.Size(most.Difference ?? 0)} after."
            : $"Most: {most.Label}, {Figures.Size(most.Reference)} of {Figures.Size(bars.Sum(bar => bar.Reference))}.";
        return new Figure(
            heading,
            caption,
            isPair ? [("reference", "before"), ("difference", "after")] : [],
            ByteBars.Draw(bars, id, $"Bytes, {heading.ToLowerInvariant()}. {caption}"));
    }
}
