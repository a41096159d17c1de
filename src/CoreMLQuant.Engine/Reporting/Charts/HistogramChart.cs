using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Reporting.Values;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace CoreMLQuant.Reporting.Charts;

/// <summary>
/// How often which values occur: an area for the model or the reference, a line for the other, ticks at the bottom for levels.
/// Counts are logarithmic, since a compressed weight gathers in a few bins what was spread over all.
/// </summary>
internal static class HistogramChart
{
    private const double Width = 440, Height = 250;

    // An empty bin lies below one value.
    private const double Empty = 0.5;

    /// <summary>Draws a distribution.</summary>
    public static string Draw(ValueDistribution distribution, string id, string label)
    {
        PlotModel model = ChartAxes.NewModel();
        long highest = Math.Max(distribution.Reference.Max(), distribution.Difference?.Max() ?? 0);
        model.Axes.Add(new LinearAxis { Minimum = distribution.Minimum, Maximum = distribution.Maximum }.Dressed(AxisPosition.Bottom, "Value", hasGrid: false));
        model.Axes.Add(new LogarithmicAxis { Minimum = Empty, Maximum = highest * 2 }.Dressed(AxisPosition.Left, "Values in the bin", hasGrid: true));
        var area = new AreaSeries
        {
            Color = ChartInk.Reference,
            Color2 = OxyColors.Transparent,
            Fill = ChartInk.Reference,
            StrokeThickness = 1,
            ConstantY2 = Empty,
        };
        area.Points.AddRange(Steps(distribution, distribution.Reference));
        model.Series.Add(area);
        if (distribution.Difference is { } difference)
        {
            var line = new LineSeries { Color = ChartInk.Difference, StrokeThickness = 1.5, LineJoin = LineJoin.Miter };
            line.Points.AddRange(Steps(distribution, difference));
            model.Series.Add(line);
        }

        model.Series.Add(Ticks(distribution.Levels, Empty * Math.Pow(highest * 2 / Empty, 0.1)));
        return ChartSvg.Draw(model, Width, Height, id, label);
    }

    private static IEnumerable<DataPoint> Steps(ValueDistribution distribution, IReadOnlyList<long> counts)
    {
        double width = (distribution.Maximum - distribution.Minimum) / counts.Count;
        for (int bin = 0; bin < counts.Count; bin++)
        {
            double height = Math.Max(counts[bin], Empty);
            yield return new DataPoint(distribution.Minimum + (bin * width), height);
            yield return new DataPoint(distribution.Minimum + ((bin + 1) * width), height);
        }
    }

    private static LineSeries Ticks(IReadOnlyList<float> levels, double height)
    {
        var ticks = new LineSeries { Color = ChartInk.Level, StrokeThickness = levels.Count > 64 ? 1 : 2 };
        foreach (float level in levels)
        {
            ticks.Points.Add(new DataPoint(level, Empty));
            ticks.Points.Add(new DataPoint(level, height));
            ticks.Points.Add(DataPoint.Undefined);
        }

        return ticks;
    }
}
