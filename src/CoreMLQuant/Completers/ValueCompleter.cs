using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace CoreMLQuant.Completers;

/// <summary>Offers the usual values of a parameter. Where none fits, what is typed stays: PowerShell would offer the files of the folder otherwise.</summary>
public abstract class ValueCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        string word = (wordToComplete ?? string.Empty).Trim('\'', '"');
        (string Value, string Meaning)[] values = Values(commandName, parameterName).ToArray();
        CompletionResult[] matches = values
            .Where(item => item.Value.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Select(item => new CompletionResult(item.Value, item.Value, CompletionResultType.ParameterValue, item.Meaning))
            .ToArray();
        return matches.Length > 0 || word.Length == 0 ? matches : [new CompletionResult(word)];
    }

    /// <summary>The values with what they mean, in the order in which they are offered.</summary>
    /// <param name="commandName">The cmdlet.</param>
    /// <param name="parameterName">Its parameter, by its full name.</param>
    private protected abstract IEnumerable<(string Value, string Meaning)> Values(string commandName, string parameterName);
}
