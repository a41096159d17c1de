using System.Collections.Generic;
using CoreMLQuant.Editing.Types;

namespace CoreMLQuant.Editing;

/// <summary>What is to be changed in a model. Renaming comes first; everything else goes by the new names.</summary>
public sealed record ModelEdits
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    /// <summary>New names of inputs, states and training inputs by their old ones.</summary>
    public IReadOnlyDictionary<string, string> InputNames { get; init; } = None;

    /// <summary>New names of outputs by their old ones.</summary>
    public IReadOnlyDictionary<string, string> OutputNames { get; init; } = None;

    /// <summary>New names of functions by their old ones.</summary>
    public IReadOnlyDictionary<string, string> FunctionNames { get; init; } = None;

    /// <summary>The author; empty to remove it, <see langword="null"/> to keep it.</summary>
    public string? Author { get; init; }

    /// <summary>The license; empty to remove it, <see langword="null"/> to keep it.</summary>
    public string? License { get; init; }

    /// <summary>What the model does; empty to remove it, <see langword="null"/> to keep it.</summary>
    public string? Description { get; init; }

    /// <summary>The model's version; empty to remove it, <see langword="null"/> to keep it.</summary>
    public string? Version { get; init; }

    /// <summary>Metadata to add or replace.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = None;

    /// <summary>Keys of metadata to remove.</summary>
    public IReadOnlyList<string> RemovedMetadata { get; init; } = [];

    /// <summary>Descriptions of inputs, outputs and states by name.</summary>
    public IReadOnlyDictionary<string, string> FeatureDescriptions { get; init; } = None;

    /// <summary>Edits of the types of inputs by name.</summary>
    public IReadOnlyDictionary<string, FeatureTypeEdit> InputTypes { get; init; } = new Dictionary<string, FeatureTypeEdit>();

    /// <summary>Edits of the types of outputs by name.</summary>
    public IReadOnlyDictionary<string, FeatureTypeEdit> OutputTypes { get; init; } = new Dictionary<string, FeatureTypeEdit>();

    /// <summary>The class labels in order; <see langword="null"/> to keep them.</summary>
    public IReadOnlyList<string>? ClassLabels { get; init; }
}
