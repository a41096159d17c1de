using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using CoreMLQuant.Tests.Support;

namespace CoreMLQuant.Tests.Help;

/// <summary>The built help file of the cmdlets.</summary>
internal static class HelpFile
{
    private static readonly XNamespace Common = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    public static readonly string Folder = Path.Combine(Repository.Root, "en-US");

    private static readonly XElement Root = XElement.Load(Path.Combine(Folder, "CoreMLQuant.dll-Help.xml"));

    public static IReadOnlyList<string> Cmdlets => [.. Root.Elements().Select(NameOf)];

    public static string Synopsis(string cmdlet) => Text(Of(cmdlet).Element(Command + "details")!.Element(Common + "description"));

    public static string Description(string cmdlet) => Text(Of(cmdlet).Element(Common + "description"));

    public static IReadOnlyList<string> Inputs(string cmdlet) => Types(cmdlet, "inputTypes");

    public static IReadOnlyList<string> Outputs(string cmdlet) => Types(cmdlet, "returnValues");

    /// <summary>Name, type, default and text of each parameter.</summary>
    public static IReadOnlyList<HelpParameter> Parameters(string cmdlet) =>
    [
        .. Of(cmdlet).Element(Command + "parameters")!.Elements().Select(parameter => new HelpParameter(
            parameter.Element(Common + "name")!.Value,
            parameter.Element(Dev + "type")!.Element(Common + "name")!.Value,
            parameter.Element(Dev + "defaultValue")!.Value,
            Text(parameter.Element(Common + "description")))),
    ];

    private static XElement Of(string cmdlet) => Root.Elements().Single(command => NameOf(command) == cmdlet);

    private static string NameOf(XElement command) => command.Element(Command + "details")!.Element(Command + "name")!.Value;

    private static IReadOnlyList<string> Types(string cmdlet, string list) =>
        [.. Of(cmdlet).Element(Command + list)!.Elements().SelectMany(item => item.Element(Dev + "type")!.Element(Common + "name")!.Value.Split(", "))];

    private static string Text(XElement? description) => string.Join('\n', description?.Elements().Select(paragraph => paragraph.Value) ?? []);
}
