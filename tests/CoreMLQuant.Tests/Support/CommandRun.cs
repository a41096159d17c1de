using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace CoreMLQuant.Tests.Support;

/// <summary>Everything that a script gave.</summary>
internal sealed record CommandRun(
    IReadOnlyList<PSObject> Output,
    IReadOnlyList<ErrorRecord> Errors,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Verbose,
    ErrorRecord? Terminating)
{
    /// <summary>A property of each output object, as text.</summary>
    public string[] Values(string property) => Output.Select(item => Convert.ToString(item.Properties[property]?.Value) ?? string.Empty).ToArray();

    /// <summary>The ids without the cmdlet's name behind them.</summary>
    public string[] ErrorIds => Errors.Select(Id).ToArray();

    public static string Id(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];

    /// <summary>The output, where nothing at all went wrong.</summary>
    public IReadOnlyList<PSObject> Clean()
    {
        if (Terminating is not null || Errors.Count > 0)
        {
            throw new Xunit.Sdk.XunitException("Errors: " + string.Join('\n', Errors.Append(Terminating)));
        }

        return Output;
    }
}
