using System;
using CoreMLQuant.Models;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Inspection;

/// <summary>A weight, and the way to its values.</summary>
/// <param name="Site">What it is.</param>
/// <param name="Decode">Its values as its user sees them; gives <see langword="null"/> for an encoding that is not known. Not for several threads at once.</param>
internal sealed record FoundWeight(WeightSite Site, Func<TensorValues?> Decode);
