using CoreMLQuant.Models;

namespace CoreMLQuant.Comparison;

/// <summary>A weight and its counterpart.</summary>
/// <param name="Reference">The weight in the reference.</param>
/// <param name="Difference">Its counterpart in the other model.</param>
/// <param name="PairedBy">By what they were found to be the same.</param>
internal sealed record WeightPair(FoundWeight Reference, FoundWeight Difference, WeightPairing PairedBy);
