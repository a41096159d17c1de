using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Formatting;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace CoreMLQuant.Reporting.Charts;

/// <summary>Bytes as bars, the most first: what a model, or a model and the one it is compared with, spends them on.</summary>
internal static class ByteBars
{
    private const double Width = 440;
    private const int LabelLength = 22;

    /// <summary>One bar or pair of bars.</summary>
    /// <param name="Label">What the bytes are for.</param>
    /// <param name="Reference">Bytes in the model, or in the reference.</param>
    /// <param name="Difference">Bytes in the other; <see langword="null"/> when there is none.</param>
    public sealed record Bar(string Label, long Reference, long? Difference);

    /// <summary>Bars by size, and in the order given where that is the same.</summary>
    public static Bar[] Sorted(IEnumerable<Bar> bars) => bars.OrderByDescending(bar => Math.Max(bar.Reference, bar.Difference ?? 0)).ToArray();

    /// <summary>Draws bars, the first on top.</summary>
    public static string Draw(IReadOnlyList<Bar> bars, string id, string label)
    {
        bool isPair = bars.Any(bar => bar.Difference is not null);
        (double unit, string unitName) = Figures.SizeUnit(bars.Max(bar => Math.Max(bar.Reference, bar.Difference ?? 0)));
        PlotModel model = ChartAxes.NewModel();
        var names = new CategoryAxis { GapWidth = isPair ? 0.5 : 0.35, StartPosition = 1, EndPosition = 0 }.Dressed(AxisPosition.Left, string.Empty, hasGrid: false);
        names.TickStyle = TickStyle.None;
        names.Labels.AddRange(bars.Select(bar => ChartText.Of(bar.Label, LabelLength)));
        model.Axes.Add(names);
        model.Axes.Add(new LinearAxis { Minimum = 0, MaximumPadding = 0.18 }.Dressed(AxisPosition.Bottom, unitName, hasGrid: true));
        model.Series.Add(Series(ChartInk.Reference, bars.Select(bar => bar.Reference / unit)));
        if (isPair)
        {
            model.Series.Add(Series(ChartInk.Difference, bars.Select(bar => (bar.Difference ?? 0) / unit)));
        }

        return ChartSvg.Draw(model, Width, 54 + (bars.Count * (isPair ? 36 : 24)), id, label);
    }

    private static BarSeries Series(OxyColor ink, IEnumerable<double> values)
    {
        var series = new BarSeries
        {
            FillColor = ink,
            StrokeThickness = 0,
            LabelPlacement = LabelPlacement.Outside,
            LabelFormatString = "{0:0.##}",
            LabelMargin = 4,
            FontSize = 12,
        };
        series.Items.AddRange(values.Select(value => new BarItem(value)));
        return series;
    }
}
