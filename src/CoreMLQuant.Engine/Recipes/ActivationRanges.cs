using System.Collections.Generic;

namespace CoreMLQuant.Recipes;

/// <summary>Ranges of activations that somebody has measured: name of the value -> range. Immutable.</summary>
/// <param name="Source">Where they come from, for messages: a path, or the name of a parameter.</param>
/// <param name="ByName">The ranges.</param>
public sealed record ActivationRanges(string Source, IReadOnlyDictionary<string, ActivationRange> ByName);
