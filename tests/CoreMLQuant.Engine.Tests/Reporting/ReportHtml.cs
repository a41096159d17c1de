using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace CoreMLQuant.Tests.Reporting;

/// <summary>What a report's HTML holds, found by simple means: no browser.</summary>
internal sealed class ReportHtml(string html)
{
    public string Text => html;

    /// <summary>Everything but the style sheet and the script, which are the same in every report.</summary>
    public string Body => Regex.Replace(html, "<(style|script)>.*?</\\1>", string.Empty, RegexOptions.Singleline);

    public string[] Headings => Texts("<h[123][^>]*>(.*?)</h[123]>");

    /// <summary>The rows of a section's table, each with the texts of its cells.</summary>
    public string[][] Rows(string section) => Regex.Matches(Table(section), "<tr[^>]*>(.*?)</tr>", RegexOptions.Singleline)
        .Select(row => Regex.Matches(row.Groups[1].Value, "<t[hd][^>]*>(.*?)</t[hd]>").Select(cell => WebUtility.HtmlDecode(cell.Groups[1].Value)).ToArray())
        .Skip(1)
        .ToArray();

    /// <summary>Column of a section's table, by its heading.</summary>
    public string[] Column(string section, string heading)
    {
        string[] headings = Regex.Matches(Table(section), "<th scope=\"col\"[^>]*>(.*?)</th>").Select(match => match.Groups[1].Value).ToArray();
        int index = System.Array.IndexOf(headings, heading);
        Assert.True(index >= 0, $"'{heading}' is none of {string.Join(", ", headings)}.");
        return Rows(section).Select(row => row[index]).ToArray();
    }

    /// <summary>The figure of a tile.</summary>
    public string Tile(string label) => WebUtility.HtmlDecode(Regex.Match(html, $"<dt>{label}</dt><dd>(.*?)</dd>").Groups[1].Value);

    /// <summary>The charts; each is well-formed.</summary>
    public XElement[] Charts => Regex.Matches(html, "<svg .*?</svg>", RegexOptions.Singleline).Select(match => XElement.Parse(match.Value)).ToArray();

    /// <summary>Holds for every report: nothing is fetched, ids are there once, what is referred to is there.</summary>
    public ReportHtml Sound()
    {
        Assert.DoesNotMatch("(?i)https?://|@import|<link (?!rel=\"icon\" href=\"data:,\")|<(iframe|object|embed|base|form)\\b", html);

        // Without attributes' values, which may hold anything.
        Assert.DoesNotMatch("(?i)<[^>]*\\s(src|srcset|action|poster|data|on\\w+)=", Regex.Replace(Body, "\"[^\"]*\"", "\"\""));
        Assert.All(Attributes("href"), href => Assert.Matches("^(#|data:,$)", href));
        Assert.DoesNotMatch("url\\((?!#)", html);
        string[] ids = Attributes("id");
        Assert.Equal(ids.Distinct(), ids);
        IEnumerable<string> used = Attributes("href").Where(href => href.StartsWith('#')).Select(href => href[1..])
            .Concat(Attributes("aria-labelledby"))
            .Concat(Regex.Matches(html, "url\\(#(.*?)\\)").Select(match => match.Groups[1].Value));
        Assert.All(used, id => Assert.Contains(id, ids));
        Assert.All(Charts, chart =>
        {
            Assert.Equal("img", chart.Attribute("role")?.Value);
            Assert.NotEmpty(chart.Attribute("aria-label")!.Value);
            Assert.DoesNotContain("rgb(", chart.ToString());
        });
        Assert.Single(Regex.Matches(html, "<script").Cast<Match>());
        return this;
    }

    private string Table(string section) => Regex.Match(html, $"<div [^>]*id=\"{section}-table\">(.*?)</div>", RegexOptions.Singleline).Groups[1].Value;

    private string[] Attributes(string name) => Regex.Matches(Body, $"\\s{name}=\"(.*?)\"").Select(match => match.Groups[1].Value).ToArray();

    private string[] Texts(string pattern) =>
        Regex.Matches(html, pattern, RegexOptions.Singleline).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).ToArray();
}
