using System;
using System.Collections.Generic;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Models;

/// <summary>A weight, and the way to its values.</summary>
/// <param name="Site">What it is.</param>
/// <param name="Decode">Its values as its user sees them; gives <see langword="null"/> for an encoding that is not known. Not for several threads at once.</param>
internal sealed record FoundWeight(WeightSite Site, Func<TensorValues?> Decode)
{
    /// <summary>Finds the places where it is used, in program order; looks through operations that only change type or rank. Not for several threads at once.</summary>
    public Func<IReadOnlyList<WeightUse>> Uses { get; init; } = () => [];

    /// <summary>Finds the axis of its output channels; gives <see langword="null"/> for a weight without channels. Not for several threads at once.</summary>
    public Func<int?> ChannelAxis { get; init; } = () => null;
}
