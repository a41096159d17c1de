namespace CoreMLQuant.Models;

/// <summary>An input, output or state of a model.</summary>
/// <param name="Name">The feature's public name.</param>
/// <param name="Type">Its type as a person reads it, e.g. <c>Float32 [1, 3, 224, 224]</c>, <c>Image RGB 224x224</c> (width x height).</param>
/// <param name="Description">The author's words about it; empty where there are none.</param>
/// <param name="IsOptional">Whether a prediction may leave it out.</param>
public sealed record ModelFeature(string Name, string Type, string Description, bool IsOptional)
{
    /// <summary>Name and type.</summary>
    public override string ToString() => $"{Name}: {Type}";
}
