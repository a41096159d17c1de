using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Completers;

/// <summary>Offers recipe files, and the folders on the way to them.</summary>
public sealed class RecipeFileCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        string word = wordToComplete ?? string.Empty;
        CompletionResult[] found = CompletionCompleters.CompleteFilename(word).ToArray();
        CompletionResult[] recipes = found
            .Where(item => item.ResultType == CompletionResultType.ProviderContainer
                || RecipeArgument.Extensions.Contains(Path.GetExtension(item.ListItemText), StringComparer.OrdinalIgnoreCase))
            .OrderBy(item => item.ResultType == CompletionResultType.ProviderContainer)
            .ToArray();

        // Nothing would make PowerShell offer all files.
        return recipes.Length > 0 ? recipes : [new CompletionResult(word.Length > 0 ? word : "@{}")];
    }
}
