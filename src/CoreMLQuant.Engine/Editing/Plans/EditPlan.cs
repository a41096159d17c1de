using System.Collections.Generic;
using System.IO;
using CoreMLQuant.Files;
using CoreMLQuant.Formatting;
using CoreMLQuant.Models;

namespace CoreMLQuant.Editing.Plans;

/// <summary>Everything that will change in a model, decided and not yet done. What the runner writes is written here.</summary>
public sealed record EditPlan
{
    /// <summary>The note of a plan without changes.</summary>
    public const string NothingToChange = "the model already is as it is to be";

    internal EditPlan()
    {
    }

    /// <summary>Path of the model.</summary>
    public required string SourcePath { get; init; }

    /// <summary>Its name, with the extension.</summary>
    public string Name => Path.GetFileName(SourcePath);

    /// <summary>Which world the model lives in.</summary>
    public required ModelFormat Format { get; init; }

    /// <summary>The changes in the order in which they are made.</summary>
    public required IReadOnlyList<ModelChange> Changes { get; init => field = DescribedList<ModelChange>.Of(value, "changes"); }

    /// <summary>Specification version now.</summary>
    public required int SpecificationVersionBefore { get; init; }

    /// <summary>Specification version afterwards.</summary>
    public required int SpecificationVersionAfter { get; init; }

    /// <summary>Highest specification version of the model, its stages and functions now; it decides which systems load the model.</summary>
    public required int RequiredVersionBefore { get; init; }

    /// <summary>Highest specification version of the model, its stages and functions afterwards.</summary>
    public required int RequiredVersionAfter { get; init; }

    /// <summary>Bytes on disk now, the whole package counted.</summary>
    public required long SizeBefore { get; init; }

    /// <summary>Bytes on disk afterwards.</summary>
    public required long SizeAfter { get; init; }

    /// <summary>What the reader should know.</summary>
    public required IReadOnlyList<string> Notes { get; init => field = DescribedList<string>.Of(value); }

    /// <summary>Whether anything changes.</summary>
    public bool HasChanges => Changes.Count > 0;

    /// <summary>Every file of the output.</summary>
    internal OutputModel Output { get; init; } = new(false, [], []);

    /// <summary>Where they come from.</summary>
    internal OutputForm Form { get; init; } = null!;
}
