using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Onnx;

/// <summary>An operation or layer that has no translation.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Place">Where it stands, e.g. <c>function 'main'</c>.</param>
/// <param name="Reason">Why, one sentence.</param>
public sealed record NotRunnableOperation(string Name, string Type, string Place, string Reason)
{
    /// <summary>All of it in one sentence.</summary>
    public override string ToString() => $"{Type} '{Name}' in {Place}: {Reason}";
}

/// <summary>Whether a model can be run, told without running it.</summary>
/// <param name="NotRunnable">The operations that have no translation, in the model's order; empty when it can be run.</param>
public sealed record RunnabilityReport(IReadOnlyList<NotRunnableOperation> NotRunnable)
{
    /// <summary>Whether the model can be run.</summary>
    public bool IsRunnable => NotRunnable.Count == 0;
}

/// <summary>A model holds operations that have no translation.</summary>
public sealed class NotRunnableException : Exception
{
    private const int ShownOperations = 5;

    /// <summary>Creates the error.</summary>
    /// <param name="modelPath">The model.</param>
    /// <param name="report">What cannot be run; at least one operation.</param>
    public NotRunnableException(string modelPath, RunnabilityReport report)
        : base(Compose(modelPath, report))
    {
        ModelPath = modelPath;
        Report = report;
    }

    /// <summary>The model.</summary>
    public string ModelPath { get; }

    /// <summary>What cannot be run.</summary>
    public RunnabilityReport Report { get; }

    private static string Compose(string modelPath, RunnabilityReport report)
    {
        string shown = string.Join(" ", report.NotRunnable.Take(ShownOperations).Select(operation => operation.ToString()));
        int more = report.NotRunnable.Count - ShownOperations;
        return $"'{modelPath}' cannot be translated. {shown}{(more > 0 ? $" There are {more} more such operations." : string.Empty)}";
    }
}
