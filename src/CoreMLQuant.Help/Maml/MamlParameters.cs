using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Xml.Linq;
using CoreMLQuant.Help.Cmdlets;
using Microsoft.PowerShell;
using static CoreMLQuant.Help.Maml.MamlNames;

namespace CoreMLQuant.Help.Maml;

/// <summary>Parameters in MAML.</summary>
internal static class MamlParameters
{
    /// <summary>The syntax of a parameter set.</summary>
    public static XElement Syntax(string cmdlet, IEnumerable<ParameterDescription> parameters) => new(
        Command + "syntaxItem",
        new XElement(Common + "name", cmdlet),
        parameters.Select(parameter => Element(parameter, isSyntax: true)));

    /// <summary>The description of a parameter.</summary>
    public static XElement Parameter(ParameterDescription parameter) => Element(parameter, isSyntax: false);

    private static XElement Element(ParameterDescription parameter, bool isSyntax) => new(
        Command + "parameter",
        new XAttribute("required", Text(parameter.IsMandatory)),
        new XAttribute("variableLength", Text(parameter.Type.IsArray)),
        new XAttribute("globbing", Text(parameter.TakesWildcards)),
        new XAttribute("pipelineInput", PipelineInput(parameter)),
        new XAttribute("position", parameter.Position?.ToString(CultureInfo.InvariantCulture) ?? "named"),
        new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
        new XElement(Common + "name", parameter.Name),
        MamlText.Description(parameter.Text),
        isSyntax ? Values(parameter) : null,
        parameter.Type == typeof(SwitchParameter) && isSyntax ? null : new XElement(
            Command + "parameterValue",
            new XAttribute("required", Text(parameter.Type != typeof(SwitchParameter))),
            new XAttribute("variableLength", Text(parameter.Type.IsArray)),
            TypeName(parameter)),
        new XElement(Dev + "type", new XElement(Common + "name", TypeName(parameter)), new XElement(Common + "uri")),
        new XElement(Dev + "defaultValue", parameter.Default));

    // In a syntax, the values of an enumeration take the place of its name.
    private static XElement? Values(ParameterDescription parameter) => parameter.ValueType.IsEnum
        ? new XElement(
            Command + "parameterValueGroup",
            Enum.GetNames(parameter.ValueType).Select(name => new XElement(Command + "parameterValue", new XAttribute("required", "false"), new XAttribute("variableLength", "false"), name)))
        : null;

    // As PowerShell writes types: int[] rather than Int32[], others without their namespace.
    private static string TypeName(ParameterDescription parameter) => ToStringCodeMethods.Type(PSObject.AsPSObject(parameter.ValueType)).Split('.')[^1];

    private static string PipelineInput(ParameterDescription parameter)
    {
        string[] ways = new[] { ("ByValue", parameter.IsPiped), ("ByPropertyName", parameter.IsPipedByName) }.Where(way => way.Item2).Select(way => way.Item1).ToArray();
        return ways.Length == 0 ? "false" : $"true ({string.Join(", ", ways)})";
    }

    private static string Text(bool value) => value ? "true" : "false";
}
