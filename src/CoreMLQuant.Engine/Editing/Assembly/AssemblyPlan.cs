using System.Collections.Generic;
using CoreMLQuant.Files;
using CoreMLQuant.Models;

namespace CoreMLQuant.Editing.Assembly;

/// <summary>A model that will be written from parts of others: every byte is decided, and none is written.</summary>
public sealed record AssemblyPlan
{
    internal AssemblyPlan()
    {
    }

    /// <summary>Full paths of the models that it is made of.</summary>
    public required IReadOnlyList<string> SourcePaths { get; init; }

    /// <summary>What is done, as it is told before it is: <c>Join as functions a, b</c>.</summary>
    public required string Action { get; init; }

    /// <summary>What is put behind the first source's name to name the output, e.g. <c>_pipeline</c>.</summary>
    public required string FileSuffix { get; init; }

    /// <summary>The function, the stage or the number of the part that it was in its source; empty for what is joined.</summary>
    public string Part { get; init; } = string.Empty;

    /// <summary>Its functions or stages by name; empty when it has only one.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>Whether it is an .mlpackage folder; otherwise it is an .mlmodel file.</summary>
    public bool WritesPackage => Output.IsPackage;

    /// <summary>Which world it lives in.</summary>
    public required ModelFormat Format { get; init; }

    /// <summary>Its specification version.</summary>
    public required int SpecificationVersion { get; init; }

    /// <summary>Highest specification version of the model, its stages and functions.</summary>
    public required int RequiredVersion { get; init; }

    /// <summary>Bytes on disk of all sources.</summary>
    public required long SizeBefore { get; init; }

    /// <summary>Bytes on disk of the output.</summary>
    public long SizeAfter => Output.Length;

    /// <summary>Bytes of equal weights that the sources store more than once and the output does not.</summary>
    public required long SharedSize { get; init; }

    /// <summary>Inputs of the model, or of its default function.</summary>
    public required IReadOnlyList<ModelFeature> Inputs { get; init; }

    /// <summary>Outputs of the model, or of its default function.</summary>
    public required IReadOnlyList<ModelFeature> Outputs { get; init; }

    /// <summary>What the reader should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The files to be written.</summary>
    internal OutputModel Output { get; init; } = null!;

    /// <summary>Relative path of the specification among them.</summary>
    internal string Specification { get; init; } = string.Empty;

    /// <summary>The open sources.</summary>
    internal IReadOnlyList<ModelFile> Sources { get; init; } = [];
}
