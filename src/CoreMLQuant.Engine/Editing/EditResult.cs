using System;
using System.Collections.Generic;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Formatting;
using CoreMLQuant.Models;

namespace CoreMLQuant.Editing;

/// <summary>The result of an edit; contains data, no open files.</summary>
public sealed record EditResult
{
    /// <summary>The model to go on with: the new one, or the source when nothing was written.</summary>
    public required string Path { get; init; }

    /// <summary>The model that was read.</summary>
    public required string SourcePath { get; init; }

    /// <summary>Name of the file or folder at <see cref="Path"/>, with its extension.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The folder that it is in.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path) ?? Path;

    /// <summary>What was written, if anything: the name of an <see cref="EditStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Why no new model was written; empty when one was.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>Whether the new model took the place of its source.</summary>
    public bool IsSourceReplaced { get; init; }

    /// <summary>The format: the name of a <see cref="ModelFormat"/>; empty for a model that was skipped, which is not opened.</summary>
    public required string Format { get; init; }

    /// <summary>The changes.</summary>
    public required IReadOnlyList<ModelChange> Changes { get; init => field = DescribedList<ModelChange>.Of(value, "changes"); }

    /// <summary>Bytes on disk before.</summary>
    public required long Before { get; init; }

    /// <summary>Bytes on disk now.</summary>
    public required long After { get; init; }

    /// <summary>Specification version before.</summary>
    public required int SpecificationVersionBefore { get; init; }

    /// <summary>Specification version now.</summary>
    public required int SpecificationVersionAfter { get; init; }

    /// <summary>Oldest systems that loaded the source; empty for a model that was skipped.</summary>
    public string RequiredOSBefore { get; init; } = string.Empty;

    /// <summary>Oldest systems that load the result; empty for a model that was skipped.</summary>
    public string RequiredOS { get; init; } = string.Empty;

    /// <summary>What the reader should know.</summary>
    public required IReadOnlyList<string> Notes { get; init => field = DescribedList<string>.Of(value); }

    /// <summary>Time from opening to the finished output.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The path.</summary>
    public override string ToString() => Path;

    /// <summary>The result for a model whose output exists already. Neither is opened.</summary>
    /// <param name="sourcePath">Full path of the model.</param>
    /// <param name="output">Its output.</param>
    public static EditResult ForExisting(string sourcePath, ExistingOutput output) => new()
    {
        Path = output.Path,
        SourcePath = sourcePath,
        Status = nameof(EditStatus.Skipped),
        Reason = output.Reason,
        Format = string.Empty,
        Changes = [],
        Before = output.SourceSize,
        After = output.Size,
        SpecificationVersionBefore = 0,
        SpecificationVersionAfter = 0,
        Notes = [output.Reason],
        Elapsed = TimeSpan.Zero,
    };
}
