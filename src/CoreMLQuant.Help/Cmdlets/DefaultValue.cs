using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;

namespace CoreMLQuant.Help.Cmdlets;

/// <summary>The text of a default value, as it would be written on a command line.</summary>
internal static class DefaultValue
{
    /// <summary>What stands where there is no value.</summary>
    public const string None = "None";

    /// <summary>The text of a value.</summary>
    public static string Text(object? value) => value switch
    {
        null or "" => None,
        string text => text,
        SwitchParameter isGiven => isGiven.ToString(),
        IEnumerable items => items.Cast<object>().Any() ? string.Join(", ", items.Cast<object>().Select(Text)) : None,
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? None,
    };
}
