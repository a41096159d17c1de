using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;
using static CoreMLQuant.Help.Maml.MamlNames;

namespace CoreMLQuant.Help.Maml;

/// <summary>Text in MAML.</summary>
internal static class MamlText
{
    /// <summary>A description of paragraphs.</summary>
    public static XElement Description(IEnumerable<string> paragraphs) => new(Common + "description", Paragraphs(paragraphs));

    /// <summary>An element for each paragraph.</summary>
    public static IEnumerable<XElement> Paragraphs(IEnumerable<string> paragraphs) => paragraphs.Select(text => new XElement(Common + "para", text));
}
