using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using CoreMLQuant.Help.Pages;
using static CoreMLQuant.Help.Maml.MamlNames;

namespace CoreMLQuant.Help.Maml;

/// <summary>Writes the help file of cmdlets.</summary>
/// <param name="onlineAddress">Address of the folder with the pages; empty while there is none.</param>
internal sealed class MamlDocument(string onlineAddress)
{
    /// <summary>Writes the help of cmdlets.</summary>
    public void Save(IEnumerable<CmdletHelp> cmdlets, string path)
    {
        var root = new XElement(
            Items + "helpItems",
            new XAttribute("schema", "maml"),
            new XAttribute(XNamespace.Xmlns + "maml", Common),
            new XAttribute(XNamespace.Xmlns + "command", Command),
            new XAttribute(XNamespace.Xmlns + "dev", Dev),
            cmdlets.Select(Cmdlet));
        using var writer = XmlWriter.Create(path, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n" });
        root.Save(writer);
    }

    private XElement Cmdlet(CmdletHelp help) => new(
        Command + "command",
        new XElement(
            Command + "details",
            new XElement(Command + "name", help.Cmdlet.Name),
            new XElement(Command + "verb", help.Cmdlet.Name.Split('-')[0]),
            new XElement(Command + "noun", help.Cmdlet.Name.Split('-')[1]),
            MamlText.Description([help.Cmdlet.Synopsis])),
        MamlText.Description(help.Page.Description),
        new XElement(Command + "syntax", help.Cmdlet.ParameterSets.Select(set => MamlParameters.Syntax(help.Cmdlet.Name, set))),
        new XElement(Command + "parameters", help.Cmdlet.Parameters.Select(MamlParameters.Parameter)),
        new XElement(Command + "inputTypes", help.Page.Inputs.Select(input => Typed("inputType", input))),
        new XElement(Command + "returnValues", help.Page.Outputs.Select(output => Typed("returnValue", output))),
        new XElement(Common + "alertSet", new XElement(Common + "alert", MamlText.Paragraphs(help.Page.Notes))),
        new XElement(Command + "examples", help.Page.Examples.Select(Example)),
        new XElement(Command + "relatedLinks", OnlineLink(help.Cmdlet.Name).Concat(help.Page.RelatedTopics.Select(topic => Link(topic, string.Empty)))));

    private static XElement Typed(string name, HelpSection section) => new(
        Command + name,
        new XElement(Dev + "type", new XElement(Common + "name", section.Title)),
        MamlText.Description(section.Paragraphs));

    // An empty paragraph separates an example from the next.
    private static XElement Example(HelpExample example, int index) => new(
        Command + "example",
        new XElement(Common + "title", $"-------- Example {index + 1}: {example.Title} --------"),
        new XElement(Dev + "code", example.Output.Length == 0 ? example.Code : $"{example.Code}\n\n{example.Output}"),
        new XElement(Dev + "remarks", MamlText.Paragraphs(example.Remarks.Append(string.Empty))));

    // Get-Help -Online opens the first link that has an address.
    private IEnumerable<XElement> OnlineLink(string cmdlet) => onlineAddress.Length == 0
        ? [Link("There is no online version yet.", string.Empty)]
        : [Link("Online version:", $"{onlineAddress.TrimEnd('/')}/{cmdlet}.md")];

    private static XElement Link(string text, string address) => new(
        Common + "navigationLink",
        new XElement(Common + "linkText", text),
        new XElement(Common + "uri", address));
}
