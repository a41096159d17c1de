using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using CoreMLQuant.Help.Comments;

namespace CoreMLQuant.Help.Cmdlets;

/// <summary>Reads the parameters of a cmdlet: what PowerShell knows, the comments of their properties, and the values of a new instance as defaults.</summary>
internal sealed class ParameterReader(Type cmdlet, CommentFile comments)
{
    // PowerShell adds these to every cmdlet that asks before it writes.
    private static readonly IReadOnlyDictionary<string, string> AddedByPowerShell = new Dictionary<string, string>
    {
        ["WhatIf"] = "Shows what would happen. Nothing is written.",
        ["Confirm"] = "Asks for confirmation before anything is written.",
    };

    private readonly object _instance = Activator.CreateInstance(cmdlet)!;

    /// <summary>Describes a parameter.</summary>
    public ParameterDescription Read(CommandParameterInfo parameter)
    {
        PropertyInfo? property = cmdlet.GetProperty(parameter.Name);
        return new ParameterDescription
        {
            Name = parameter.Name,
            Type = parameter.ParameterType,
            Text = property is null ? [AddedByPowerShell[parameter.Name]] : [.. comments.SummaryOf(property), .. ValuesOf(parameter.ParameterType)],
            Default = property is null ? "False" : comments.ValueOf(property) ?? DefaultOf(property),
            Aliases = [.. parameter.Aliases],
            IsMandatory = parameter.IsMandatory,
            Position = parameter.Position == int.MinValue ? null : parameter.Position,
            IsPiped = parameter.ValueFromPipeline,
            IsPipedByName = parameter.ValueFromPipelineByPropertyName,
            TakesWildcards = parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any(),
        };
    }

    // A value that the user could not give stands for none.
    private string DefaultOf(PropertyInfo property)
    {
        object? value = property.GetValue(_instance);
        ValidateRangeAttribute? range = property.GetCustomAttribute<ValidateRangeAttribute>();
        return range is not null && value is IComparable number && number.CompareTo(Convert.ChangeType(range.MinRange, value.GetType())) < 0
            ? DefaultValue.None
            : DefaultValue.Text(value);
    }

    // The values of an enumeration, where their comments say more than their names.
    private IEnumerable<string> ValuesOf(Type type)
    {
        Type value = Nullable.GetUnderlyingType(type) ?? type;
        return !value.IsEnum ? [] : value.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (field.Name, Text: string.Join(' ', comments.SummaryOf(field))))
            .Where(field => field.Text.Length > 0)
            .Select(field => $"{field.Name}: {field.Text}");
    }
}
