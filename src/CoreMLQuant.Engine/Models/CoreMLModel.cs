using System.Collections.Generic;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Models;

/// <summary>The description of a model file, read only from its structure; contains data, no open files.</summary>
public sealed record CoreMLModel
{
    /// <summary>Full path of the .mlmodel file, .mlpackage folder or .mlmodelc folder.</summary>
    public required string Path { get; init; }

    /// <summary>Whether links that lead out of the model were followed (-FollowLinks); what opens it again has to follow them, too.</summary>
    public bool FollowsLinks { get; init; }

    /// <summary>Name of the file or folder, with its extension.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The folder that it is in.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path) ?? Path;

    /// <summary>The format: the name of a <see cref="ModelFormat"/>.</summary>
    public required string Format { get; init; }

    /// <summary>The specification's own name of the model kind, e.g. <c>neuralNetworkClassifier</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary>Whether the model is an .mlpackage folder.</summary>
    public required bool IsPackage { get; init; }

    /// <summary>Whether the model is a compiled one, an .mlmodelc folder.</summary>
    public required bool IsCompiled { get; init; }

    /// <summary>Version of the specification (1-10); a pipeline's own, which may be older than those of its stages.</summary>
    public required int SpecificationVersion { get; init; }

    /// <summary>Highest specification version of the model, its stages and the opsets of its functions; it decides <see cref="RequiredOS"/>.</summary>
    public required int RequiredVersion { get; init; }

    /// <summary>The highest opset of an ML Program's functions, e.g. <c>CoreML6</c>; empty for other kinds.</summary>
    public required string Opset { get; init; }

    /// <summary>The oldest systems that can load it with all its stages and functions, e.g. <c>iOS 16, macOS 13</c>.</summary>
    public string RequiredOS => Platform.RequiredOS(RequiredVersion);

    /// <summary>Element types of the weights by share of bytes: <c>Float32</c>, <c>Float16</c>, <c>Mixed</c> or <c>None</c>.</summary>
    public required string Precision { get; init; }

    /// <summary>How the weights are compressed: <c>None</c>, one encoding's name or <c>Mixed</c>.</summary>
    public required string Compression { get; init; }

    /// <summary>Bytes on disk, the whole package counted.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes of weights; data shared by several operations is counted once.</summary>
    public required long WeightSize { get; init; }

    /// <summary>Bytes of weights that are stored again though the same file holds equal ones; -MergeEqualWeights of a conversion saves them.</summary>
    public required long DuplicateWeightSize { get; init; }

    /// <summary>Number of weight elements, data shared by several operations counted once.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>Number of weights.</summary>
    public required int Weights { get; init; }

    /// <summary>Inputs of the model, or of its default function.</summary>
    public required IReadOnlyList<ModelFeature> Inputs { get; init => field = DescribedList<ModelFeature>.Of(value); }

    /// <summary>Outputs of the model, or of its default function.</summary>
    public required IReadOnlyList<ModelFeature> Outputs { get; init => field = DescribedList<ModelFeature>.Of(value); }

    /// <summary>States of the model, or of its default function.</summary>
    public required IReadOnlyList<ModelFeature> States { get; init => field = DescribedList<ModelFeature>.Of(value); }

    /// <summary>Functions of an ML Program.</summary>
    public required IReadOnlyList<ModelFunction> Functions { get; init => field = DescribedList<ModelFunction>.Of(value); }

    /// <summary>Stages of a pipeline, each <c>name: kind</c>, nested pipelines flattened.</summary>
    public required IReadOnlyList<string> Stages { get; init => field = DescribedList<string>.Of(value); }

    /// <summary>The author's short description.</summary>
    public required string Description { get; init; }

    /// <summary>The author.</summary>
    public required string Author { get; init; }

    /// <summary>The licence.</summary>
    public required string License { get; init; }

    /// <summary>The model's own version.</summary>
    public required string Version { get; init; }

    /// <summary>User-defined metadata.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init => field = DescribedMap.Of(value); }

    /// <summary>Whether it can be trained further on a device.</summary>
    public required bool IsUpdatable { get; init; }

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
