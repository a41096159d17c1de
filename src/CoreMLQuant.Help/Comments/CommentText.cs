using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace CoreMLQuant.Help.Comments;

/// <summary>Turns the content of a comment into plain paragraphs.</summary>
internal static partial class CommentText
{
    /// <summary>The paragraphs of a comment: the text that stands alone, and each <c>para</c>.</summary>
    public static IReadOnlyList<string> Paragraphs(XElement comment)
    {
        string alone = string.Concat(comment.Nodes().Where(node => node is not XElement { Name.LocalName: "para" }).Select(Plain));
        return comment.Elements("para").Select(paragraph => string.Concat(paragraph.Nodes().Select(Plain)))
            .Prepend(alone)
            .Select(text => WhiteSpace().Replace(text, " ").Trim())
            .Where(text => text.Length > 0)
            .ToArray();
    }

    [GeneratedRegex("\\s+")]
    private static partial Regex WhiteSpace();

    private static string Plain(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { IsEmpty: true } reference => NameOf(reference),
        XElement element => string.Concat(element.Nodes().Select(Plain)),
        _ => string.Empty,
    };

    // <see cref="P:CoreMLQuant.Models.CoreMLModel.Path"/> is read as Path, <see langword="null"/> as $null.
    private static string NameOf(XElement reference) =>
        (string?)reference.Attribute("langword") is { } word ? "$" + word
        : (string?)reference.Attribute("cref") is { } id ? id.Split('(')[0].Split('.', ':')[^1]
        : (string?)reference.Attribute("name") ?? string.Empty;
}
