using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace CoreMLQuant.Reporting.Page;

/// <summary>Writes a report as one HTML file that needs nothing else: no network, no framework, no script to be read.</summary>
internal static class PageWriter
{
    /// <summary>The whole file.</summary>
    public static string Write(ReportPage page)
    {
        var html = new StringBuilder();
        string title = HtmlText.Escape(page.Title);
        html.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src '")
            .Append(PageAssets.ScriptHash).Append("'; base-uri 'none'; form-action 'none'\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
            .Append("<title>").Append(title).Append("</title>\n<link rel=\"icon\" href=\"data:,\">\n")
            .Append("<style>").Append(PageAssets.Style).Append("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n")
            .Append("<header>\n<h1>").Append(title).Append("</h1>\n<p>").Append(HtmlText.Escape(page.Subtitle)).Append("</p>\n</header>\n");
        WriteNavigation(html, page.Sections);
        html.Append("<main id=\"main\" tabindex=\"-1\">\n");
        WriteTiles(html, page.Tiles);
        foreach (Section section in page.Sections)
        {
            WriteSection(html, section);
        }

        return html.Append("</main>\n<footer>\n<p>Created by CoreMLQuant. Figures of weights do not show how much the outputs of the model change.</p>\n</footer>\n<script>")
            .Append(PageAssets.Script).Append("</script>\n</body>\n</html>\n").ToString();
    }

    private static void WriteNavigation(StringBuilder html, IReadOnlyList<Section> sections)
    {
        html.Append("<nav aria-label=\"Sections\">\n<ul>\n");
        foreach (Section section in sections)
        {
            html.Append("<li><a href=\"#").Append(section.Id).Append("\">").Append(HtmlText.Escape(section.Heading)).Append("</a></li>\n");
        }

        html.Append("</ul>\n</nav>\n");
    }

    private static void WriteTiles(StringBuilder html, IReadOnlyList<Tile> tiles)
    {
        html.Append("<section aria-labelledby=\"summary-heading\">\n<h2 id=\"summary-heading\" class=\"unseen\">Summary</h2>\n<dl class=\"tiles\">\n");
        foreach (Tile tile in tiles)
        {
            html.Append("<div><dt>").Append(HtmlText.Escape(tile.Label)).Append("</dt><dd>").Append(HtmlText.Escape(tile.Value)).Append("</dd>");
            if (tile.Detail.Length > 0)
            {
                html.Append("<dd class=\"detail\">").Append(HtmlText.Escape(tile.Detail)).Append("</dd>");
            }

            html.Append("</div>\n");
        }

        html.Append("</dl>\n</section>\n");
    }

    private static void WriteSection(StringBuilder html, Section section)
    {
        html.Append("<section id=\"").Append(section.Id).Append("\" aria-labelledby=\"").Append(section.Id).Append("-heading\">\n<h2 id=\"")
            .Append(section.Id).Append("-heading\">").Append(HtmlText.Escape(section.Heading)).Append("</h2>\n");
        if (section.Lead.Length > 0)
        {
            html.Append("<p class=\"lead\">").Append(HtmlText.Escape(section.Lead)).Append("</p>\n");
        }

        if (section.Figures.Count > 0)
        {
            html.Append("<div class=\"").Append(section.HasWideFigures ? "figures wide" : "figures").Append("\">\n");
            foreach (Figure figure in section.Figures)
            {
                WriteFigure(html, figure);
            }

            html.Append("</div>\n");
        }

        PictureWriter.Write(html, section.Pictures);
        if (section.Table is { } table)
        {
            TableWriter.Write(html, section.Id, table);
        }

        html.Append("</section>\n");
    }

    private static void WriteFigure(StringBuilder html, Figure figure)
    {
        html.Append("<figure>\n<figcaption><h3>").Append(HtmlText.Escape(figure.Heading)).Append("</h3>");
        if (figure.Legend.Count > 0)
        {
            html.Append("<ul class=\"legend\">")
                .Append(string.Concat(figure.Legend.Select(entry => $"<li><span class=\"swatch {entry.Ink}\"></span>{HtmlText.Escape(entry.Text)}</li>")))
                .Append("</ul>");
        }

        html.Append("<p>").Append(HtmlText.Escape(figure.Caption)).Append("</p></figcaption>\n");
        if (figure.NarrowSvg is { } narrow)
        {
            html.Append("<div class=\"on-wide\">").Append(figure.Svg).Append("</div>\n<div class=\"on-narrow\">").Append(narrow).Append("</div>\n");
        }
        else
        {
            html.Append(figure.Svg).Append('\n');
        }

        html.Append("</figure>\n");
    }
}
