using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Completers;

/// <summary>Offers the presets, each with what it is for.</summary>
public sealed class PresetCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        from name in RecipePresets.Names
        where name.StartsWith((wordToComplete ?? string.Empty).Trim('\'', '"'), StringComparison.OrdinalIgnoreCase)
        select new CompletionResult(name, name, CompletionResultType.ParameterValue, RecipePresets.Summary(name));
}
