using CoreMLQuant.Elements;
using CoreMLQuant.Models;

namespace CoreMLQuant.Running;

/// <summary>An input or output of a model that runs: what it takes or gives, in full.</summary>
public sealed record RunFeature
{
    /// <summary>The feature as Get-CoreMLModel describes it.</summary>
    public required ModelFeature Feature { get; init; }

    /// <summary>What it holds.</summary>
    public required FeatureKind Kind { get; init; }

    /// <summary>Type of the elements of a multi-array.</summary>
    public ElementType ElementType { get; init; }

    /// <summary>Shapes of a multi-array; of a scalar the empty one.</summary>
    public FeatureShape Shape { get; init; } = new([], [], []);

    /// <summary>What images it takes; <see langword="null"/> for what is no image.</summary>
    public ImageFormat? Image { get; init; }

    /// <summary>The value that stands for every element where an optional multi-array is left out.</summary>
    public double DefaultValue { get; init; }

    /// <summary>The feature's name.</summary>
    public string Name => Feature.Name;

    /// <summary>Name and type.</summary>
    public override string ToString() => Feature.ToString();
}
