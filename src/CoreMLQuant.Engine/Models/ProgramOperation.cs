using System.Collections.Generic;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Models;

/// <summary>An operation of an ML Program as people read it; constants are shown where they are used.</summary>
public sealed record ProgramOperation
{
    /// <summary>Name of the operation: its attribute <c>name</c>, or else its first output.</summary>
    public required string Name { get; init; }

    /// <summary>Path of the model.</summary>
    public required string ModelPath { get; init; }

    /// <summary>Stage of a pipeline, nested stages joined with <c>/</c>; empty outside pipelines.</summary>
    public required string Stage { get; init; }

    /// <summary>The function.</summary>
    public required string Function { get; init; }

    /// <summary>Opset of the function's body, e.g. <c>CoreML7</c>.</summary>
    public required string Opset { get; init; }

    /// <summary>Name of the operation whose block this one is in, e.g. of a loop; empty outside blocks.</summary>
    public required string Block { get; init; }

    /// <summary>Type of the operation, e.g. <c>conv</c>.</summary>
    public required string OpType { get; init; }

    /// <summary>What it is given, by parameter.</summary>
    public required IReadOnlyList<ProgramArgument> Inputs { get; init => field = DescribedList<ProgramArgument>.Of(value); }

    /// <summary>What it computes.</summary>
    public required IReadOnlyList<ProgramValue> Outputs { get; init => field = DescribedList<ProgramValue>.Of(value); }

    /// <summary>Type and name.</summary>
    public override string ToString() => $"{OpType} {Name}";
}

/// <summary>An argument of an operation.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Value">Name of a value; a small constant itself; several of them in parentheses.</param>
public sealed record ProgramArgument(string Parameter, string Value)
{
    /// <summary>As in MIL text.</summary>
    public override string ToString() => $"{Parameter} = {Value}";
}

/// <summary>A value of a program.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as in MIL text, e.g. <c>tensor&lt;fp16, [1, 10]&gt;</c>.</param>
public sealed record ProgramValue(string Name, string Type)
{
    /// <summary>As in MIL text.</summary>
    public override string ToString() => $"{Type} {Name}";
}

