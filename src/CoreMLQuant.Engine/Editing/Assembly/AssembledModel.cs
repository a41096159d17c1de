using System;
using System.Collections.Generic;
using CoreMLQuant.Formatting;
using CoreMLQuant.Models;

namespace CoreMLQuant.Editing.Assembly;

/// <summary>A model that was written from parts of others; contains data, no open files.</summary>
public sealed record AssembledModel
{
    /// <summary>Full path of the model.</summary>
    public required string Path { get; init; }

    /// <summary>Name of the file or folder, with its extension.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The folder that it is in.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path) ?? Path;

    /// <summary>Full paths of the models that it was made of.</summary>
    public required IReadOnlyList<string> SourcePaths { get; init => field = DescribedList<string>.Of(value); }

    /// <summary>The function, the stage or the number of the part that it was in its source; empty for what was joined.</summary>
    public required string Part { get; init; }

    /// <summary>Its functions or stages by name; empty when it has only one.</summary>
    public required IReadOnlyList<string> Parts { get; init => field = DescribedList<string>.Of(value); }

    /// <summary>The format: the name of a <see cref="ModelFormat"/>.</summary>
    public required string Format { get; init; }

    /// <summary>Specification version.</summary>
    public required int SpecificationVersion { get; init; }

    /// <summary>Oldest systems that load it.</summary>
    public required string RequiredOS { get; init; }

    /// <summary>Bytes on disk of all models that it was made of.</summary>
    public required long Before { get; init; }

    /// <summary>Bytes on disk.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes of equal weights that are stored once now, and were stored more than once.</summary>
    public required long SharedSize { get; init; }

    /// <summary>Inputs of the model, or of its default function.</summary>
    public required IReadOnlyList<ModelFeature> Inputs { get; init => field = DescribedList<ModelFeature>.Of(value); }

    /// <summary>Outputs of the model, or of its default function.</summary>
    public required IReadOnlyList<ModelFeature> Outputs { get; init => field = DescribedList<ModelFeature>.Of(value); }

    /// <summary>What the reader should know.</summary>
    public required IReadOnlyList<string> Notes { get; init => field = DescribedList<string>.Of(value); }

    /// <summary>Time from planning to the finished output.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The path.</summary>
    public override string ToString() => Path;

    /// <summary>One line of JSON for a log.</summary>
    /// <param name="time">When it is written, in UTC.</param>
    public string ToLogLine(DateTime time) => JsonLine.Of(
        time,
        ("status", "Written"),
        ("path", Path),
        ("sourcePaths", SourcePaths),
        ("part", Part),
        ("parts", Parts),
        ("format", Format),
        ("before", Before),
        ("after", Size),
        ("sharedSize", SharedSize),
        ("requiredOS", RequiredOS),
        ("notes", Notes),
        ("elapsedSeconds", Math.Round(Elapsed.TotalSeconds, 3)));
}
