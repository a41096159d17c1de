using System.Collections.Generic;
using System.Linq;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace CoreMLQuant.Reporting.Charts;

/// <summary>Figures of every weight, in the order in which the model uses them.</summary>
internal static class WeightLine
{
    /// <summary>Width for screens that have the room; the other is for those that do not.</summary>
    public const double Wide = 980, Narrow = 360;

    // An element for each of thousands would make the page slow, and nobody would see them apart.
    private const int MaxMarkers = 400;

    /// <summary>A weight's figure.</summary>
    /// <param name="Place">The weight's number.</param>
    /// <param name="Value">The figure.</param>
    public sealed record Point(int Place, double Value);

    /// <summary>Figures that belong together.</summary>
    /// <param name="Points">Finite figures, ascending by place.</param>
    public sealed record Line(IReadOnlyList<Point> Points)
    {
        /// <summary>Its color.</summary>
        public OxyColor Ink { get; init; } = ChartInk.Difference;

        /// <summary>The shape of its points.</summary>
        public MarkerType Marker { get; init; } = MarkerType.Circle;
    }

    /// <summary>Draws lines.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="worst">The points to mark, with the text beside each.</param>
    /// <param name="count">Number of weights.</param>
    /// <param name="valueAxis">The axis of the figures.</param>
    /// <param name="title">What the figures are, with the unit.</param>
    /// <param name="limits">Figures of note, drawn across, each with its name.</param>
    /// <param name="width">Width of the chart.</param>
    /// <param name="id">What ids begin with.</param>
    /// <param name="label">What a screen reader says of it.</param>
    /// <param name="places">What the points are, for the axis below.</param>
    public static string Draw(
        IReadOnlyList<Line> lines,
        IReadOnlyList<(Point Point, string Mark)> worst,
        int count,
        Axis valueAxis,
        string title,
        IReadOnlyList<(double Value, string Name)> limits,
        double width,
        string id,
        string label,
        string places = "Weight, in order of execution")
    {
        PlotModel model = ChartAxes.NewModel();
        model.Axes.Add(new LinearAxis { Minimum = 0, Maximum = count + 1, MinimumMajorStep = 1 }.Dressed(AxisPosition.Bottom, places, hasGrid: false));
        valueAxis.MinimumPadding = 0.12;
        valueAxis.MaximumPadding = 0.08;
        model.Axes.Add(valueAxis.Dressed(AxisPosition.Left, title, hasGrid: true));
        bool hasMarkers = lines.Sum(line => line.Points.Count) <= MaxMarkers;
        foreach (Line line in lines)
        {
            var series = new LineSeries
            {
                Color = line.Ink,
                StrokeThickness = hasMarkers ? 1 : 1.5,
                MarkerType = hasMarkers ? line.Marker : MarkerType.None,
                MarkerFill = line.Ink,
                MarkerSize = line.Marker == MarkerType.Circle ? 2.5 : 3,
                Decimator = Decimator.Decimate,
            };
            series.Points.AddRange(line.Points.Select(point => new DataPoint(point.Place, point.Value)));
            model.Series.Add(series);
        }

        foreach ((double value, string name) in limits)
        {
            model.Annotations.Add(new LineAnnotation
            {
                Type = LineAnnotationType.Horizontal,
                Y = value,
                Color = ChartInk.Worst,
                LineStyle = LineStyle.Dash,
                Text = name,
                TextColor = ChartInk.Text,
                TextHorizontalAlignment = HorizontalAlignment.Right,
            });
        }

        foreach ((Point point, string mark) in worst)
        {
            model.Annotations.Add(new PointAnnotation
            {
                X = point.Place,
                Y = point.Value,
                Shape = MarkerType.Diamond,
                Size = 6,
                Fill = ChartInk.Worst,
                Text = mark,
                TextColor = ChartInk.Text,
                FontWeight = FontWeights.Bold,
            });
        }

        return ChartSvg.Draw(model, width, 320, id, label);
    }
}
