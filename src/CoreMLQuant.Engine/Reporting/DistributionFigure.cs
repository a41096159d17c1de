using System;
using System.Collections.Generic;
using CoreMLQuant.Formatting;
using CoreMLQuant.Reporting.Charts;
using CoreMLQuant.Reporting.Page;
using CoreMLQuant.Reporting.Values;

namespace CoreMLQuant.Reporting;

/// <summary>The histogram of a weight with what is to be seen in it.</summary>
internal static class DistributionFigure
{
    /// <summary>Draws a distribution.</summary>
    /// <param name="id">What ids begin with.</param>
    /// <param name="name">The weight's name.</param>
    /// <param name="encoding">Its encoding, or both.</param>
    /// <param name="remark">What else to say; empty for nothing.</param>
    /// <param name="distribution">The distribution.</param>
    public static Figure Create(string id, string name, string encoding, string remark, ValueDistribution distribution)
    {
        string caption = FormattableString.Invariant(
            $"{encoding}. Values from {Figures.Value(distribution.Minimum)} to {Figures.Value(distribution.Maximum)}.{Levels(distribution)}{remark}");
        var legend = new List<(string, string)> { ("reference", distribution.Difference is null ? "values" : "before") };
        if (distribution.Difference is not null)
        {
            legend.Add(("difference", "after"));
        }

        if (distribution.Levels.Count > 0)
        {
            legend.Add(("level", "levels"));
        }

        return new Figure(name, caption, legend, HistogramChart.Draw(distribution, id, $"Histogram of {name}. {caption}"));
    }

    private static string Levels(ValueDistribution distribution) => distribution switch
    {
        { Levels.Count: 0 } => string.Empty,
        { LevelsChannel: { } channel } => FormattableString.Invariant($" The {distribution.Levels.Count} levels of output channel {channel}, the worst one, are shown."),
        _ => FormattableString.Invariant($" All {distribution.Levels.Count} levels are shown."),
    };
}
