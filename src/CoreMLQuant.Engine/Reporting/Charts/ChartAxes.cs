using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;

namespace CoreMLQuant.Reporting.Charts;

/// <summary>The look that all charts share: no frame, quiet grid, text of one size.</summary>
internal static class ChartAxes
{
    /// <summary>The font that all texts have: one whose widths the library knows. The page's style sheet asks for the same.</summary>
    public const string Font = "Arial";

    /// <summary>Height of the font, as in the page's style sheet.</summary>
    public const double FontSize = 13;

    /// <summary>An empty chart.</summary>
    public static PlotModel NewModel() => new()
    {
        Culture = CultureInfo.InvariantCulture,
        DefaultFont = Font,
        DefaultFontSize = FontSize,
        TextColor = ChartInk.Text,
        PlotAreaBorderThickness = new OxyThickness(0),
        Background = OxyColors.Undefined,
        Padding = new OxyThickness(2, 6, 10, 2),
    };

    /// <summary>Dresses an axis.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="position">Its side.</param>
    /// <param name="title">What it counts, with the unit.</param>
    /// <param name="hasGrid">Whether lines go from it through the chart.</param>
    public static T Dressed<T>(this T axis, AxisPosition position, string title, bool hasGrid)
        where T : Axis
    {
        axis.Position = position;
        axis.Title = title;
        axis.AxislineStyle = hasGrid ? LineStyle.None : LineStyle.Solid;
        axis.AxislineColor = ChartInk.Text;
        axis.TicklineColor = ChartInk.Text;
        axis.TickStyle = hasGrid ? TickStyle.None : TickStyle.Outside;
        axis.MinorTickSize = 0;
        axis.MajorGridlineStyle = hasGrid ? LineStyle.Solid : LineStyle.None;
        axis.MajorGridlineColor = ChartInk.Grid;
        axis.AxisTitleDistance = 6;
        return axis;
    }
}
