using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Xml.Linq;
using CoreMLQuant.Reporting.Page;
using OxyPlot;

namespace CoreMLQuant.Reporting.Charts;

/// <summary>
/// A chart as SVG inside a page: scaled by its view box, coloured by the page's style sheet, ids of its own, and without what
/// makes a page large, an element for each tick and each level.
/// </summary>
internal static class ChartSvg
{
    private const string FillProperty = "fill";
    private const string StrokeProperty = "stroke";

    // What the page's style sheet says of text in charts.
    private static readonly HashSet<(string Name, string Value)> Inherited =
        [("font-family", ChartAxes.Font), ("font-size", Number(ChartAxes.FontSize)), ("font-weight", Number(FontWeights.Normal))];

    private static readonly HashSet<string> Lines = ["polyline", "line"];

    /// <summary>Draws a chart.</summary>
    /// <param name="model">The chart, in colours of <see cref="ChartInk"/>.</param>
    /// <param name="width">Width in units of its text: text is 13 high.</param>
    /// <param name="height">Height in the same units.</param>
    /// <param name="id">What its ids begin with; unique in the page.</param>
    /// <param name="label">What a screen reader says of it.</param>
    public static string Draw(PlotModel model, double width, double height, string id, string label)
    {
        XElement drawn = XElement.Parse(SvgExporter.ExportToString(model, width, height, isDocument: false, new TextMeter(width, height)));
        var svg = new StringBuilder();
        svg.AppendFormat(
            CultureInfo.InvariantCulture,
            "<svg class=\"chart\" viewBox=\"0 0 {0} {1}\" role=\"img\" aria-label=\"{2}\">",
            width,
            height,
            HtmlText.Escape(label));
        WriteContent(svg, drawn, id);
        return svg.Append("</svg>").ToString();
    }

    private static void WriteContent(StringBuilder svg, XElement parent, string id)
    {
        XElement[] children = parent.Elements().ToArray();
        for (int i = 0; i < children.Length; i++)
        {
            string? style = LineStyle(children[i]);
            if (style is null)
            {
                Write(svg, children[i], id);
                continue;
            }

            // Neighbours of one style become one path.
            svg.Append("<path").Append(style).Append(" d=\"");
            AppendPath(svg, children[i]);
            while (i + 1 < children.Length && LineStyle(children[i + 1]) == style)
            {
                AppendPath(svg, children[++i]);
            }

            svg.Append("\"/>");
        }
    }

    private static void Write(StringBuilder svg, XElement element, string id)
    {
        string name = element.Name.LocalName;
        if (name == "g" && !element.HasElements)
        {
            return;
        }

        svg.Append('<').Append(name).Append(Style(element));
        foreach (XAttribute attribute in element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration))
        {
            string attributeName = attribute.Name.LocalName;
            string value = attributeName switch
            {
                "style" or FillProperty => string.Empty,
                "id" => id + "-" + attribute.Value,
                "clip-path" => attribute.Value.Replace("#", $"#{id}-"),
                _ when Inherited.Contains((attributeName, attribute.Value)) => string.Empty,
                _ when double.TryParse(attribute.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => Number(number),
                _ => attribute.Value,
            };
            if (value.Length > 0)
            {
                svg.Append(' ').Append(attributeName).Append("=\"").Append(HtmlText.Escape(value)).Append('"');
            }
        }

        svg.Append('>');
        if (element.HasElements)
        {
            WriteContent(svg, element, id);
        }
        else
        {
            svg.Append(HtmlText.Escape(ChartText.Restore(element.Value)));
        }

        svg.Append("</").Append(name).Append('>');
    }

    private static string? LineStyle(XElement element) => Lines.Contains(element.Name.LocalName) ? Style(element) : null;

    private static void AppendPath(StringBuilder svg, XElement line)
    {
        string points = line.Attribute("points")?.Value
            ?? string.Concat(line.Attribute("x1")!.Value, ",", line.Attribute("y1")!.Value, " ", line.Attribute("x2")!.Value, ",", line.Attribute("y2")!.Value);
        svg.Append('M').Append(string.Join(" ", points.Split(' ').Select(point => string.Join(",", point.Split(',').Select(Rounded)))));
    }

    // A class for each colour, and the rest as it stands.
    private static string Style(XElement element)
    {
        var classes = new List<string>();
        var rest = new List<string>();
        IEnumerable<string> declarations = ((string?)element.Attribute("style") ?? string.Empty).Split([';'], StringSplitOptions.RemoveEmptyEntries);
        if ((string?)element.Attribute(FillProperty) is { } fill)
        {
            declarations = declarations.Append($"{FillProperty}:{fill}");
        }

        foreach (string declaration in declarations)
        {
            int colon = declaration.IndexOf(':');
            (string property, string value) = (declaration.Substring(0, colon), declaration.Substring(colon + 1));
            if (property is FillProperty or StrokeProperty && ChartInk.NameOf(value) is { } ink)
            {
                classes.Add($"{property}-{ink}");
            }
            else if (!(property == StrokeProperty && value == "none"))
            {
                rest.Add(declaration);
            }
        }

        return (classes.Count > 0 ? $" class=\"{string.Join(" ", classes)}\"" : string.Empty)
            + (rest.Count > 0 ? $" style=\"{HtmlText.Escape(string.Join(";", rest))}\"" : string.Empty);
    }

    private static string Rounded(string number) => Number(double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture));

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Measures text in the chart's units; the library's own measures do so in points.</summary>
    private sealed class TextMeter(double width, double height) : PdfRenderContext(width, height, OxyColors.Undefined)
    {
        private const double UnitsPerPoint = 96.0 / 72;

        public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight)
        {
            OxySize points = base.MeasureText(text, fontFamily, fontSize, fontWeight);
            return new OxySize(points.Width * UnitsPerPoint, points.Height * UnitsPerPoint);
        }
    }
}
