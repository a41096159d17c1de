using System.Collections.Generic;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Comparison;

/// <summary>A weight without a counterpart that it could be compared with.</summary>
/// <param name="Name">The weight's name.</param>
/// <param name="Stage">Stage of a pipeline; empty outside pipelines.</param>
/// <param name="Function">Function of an ML Program; empty for a NeuralNetwork.</param>
/// <param name="OpType">Type of the operation or layer that uses it.</param>
/// <param name="Shape">Dimensions.</param>
/// <param name="Encoding">The encoding, e.g. <c>Float32</c>.</param>
/// <param name="Size">Bytes of its data.</param>
/// <param name="Reason">Why it is not compared.</param>
public sealed record UnpairedWeight(
    string Name,
    string Stage,
    string Function,
    string OpType,
    IReadOnlyList<long> Shape,
    string Encoding,
    long Size,
    string Reason)
{
    /// <summary>Dimensions.</summary>
    public IReadOnlyList<long> Shape { get; init; } = DescribedList<long>.Of(Shape);

    /// <summary>Whether its layer was folded into another for the comparison, and is measured there.</summary>
    public bool IsFolded { get; init; }

    /// <summary>Name and reason.</summary>
    public override string ToString() => $"{Name}: {Reason}";
}
