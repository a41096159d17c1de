namespace CoreMLQuant.Comparison;

/// <summary>Something that two models say differently about themselves.</summary>
/// <param name="Kind">What it is: <c>Input</c>, <c>Output</c>, <c>State</c>, <c>Function</c>, <c>Stage</c>, <c>Metadata</c> or <c>ModelType</c>.</param>
/// <param name="Name">Its name; a function's feature is <c>function/feature</c>.</param>
/// <param name="Reference">Value in the reference; <see langword="null"/> when it has none.</param>
/// <param name="Difference">Value in the other model; <see langword="null"/> when it has none.</param>
public sealed record PropertyDifference(string Kind, string Name, string? Reference, string? Difference)
{
    /// <summary>Kind, name and both.</summary>
    public override string ToString() => $"{Kind} {Name}: {Reference ?? "none"} -> {Difference ?? "none"}";
}
