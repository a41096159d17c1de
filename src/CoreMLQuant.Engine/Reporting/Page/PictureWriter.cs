using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace CoreMLQuant.Reporting.Page;

/// <summary>Writes small images into the page itself, as data of their own: the page loads nothing.</summary>
internal static class PictureWriter
{
    /// <summary>Writes them; nothing for none.</summary>
    public static void Write(StringBuilder html, IReadOnlyList<Picture> pictures)
    {
        if (pictures.Count == 0)
        {
            return;
        }

        html.Append("<ul class=\"pictures\">\n");
        foreach (Picture picture in pictures)
        {
            string name = HtmlText.Escape(picture.Name);
            html.Append(picture.IsMarked ? "<li class=\"marked\">" : "<li>")
                .Append("<img alt=\"").Append(name).Append("\" src=\"data:image/png;base64,").Append(Convert.ToBase64String(picture.Png)).Append("\">")
                .Append("<span>").Append(name).Append("</span>")
                .Append(string.Concat(picture.Lines.Select(line => $"<span>{HtmlText.Escape(line)}</span>")))
                .Append("</li>\n");
        }

        html.Append("</ul>\n");
    }
}
