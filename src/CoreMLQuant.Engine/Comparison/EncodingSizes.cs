using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;

namespace CoreMLQuant.Comparison;

/// <summary>Adds up what the weights of each encoding take.</summary>
internal static class EncodingSizes
{
    /// <summary>Both models' encodings, the most bytes in either first.</summary>
    /// <param name="reference">Weights of the reference, one of those that share their data.</param>
    /// <param name="difference">Those of the other model.</param>
    public static IReadOnlyList<EncodingSize> Of(IReadOnlyList<WeightSite> reference, IReadOnlyList<WeightSite> difference)
    {
        ILookup<string, WeightSite> before = reference.ToLookup(weight => weight.EncodingName, StringComparer.Ordinal);
        ILookup<string, WeightSite> after = difference.ToLookup(weight => weight.EncodingName, StringComparer.Ordinal);
        return before.Concat(after)
            .Select(group => group.Key)
            .Distinct()
            .Select(name => new EncodingSize(
                name, before[name].Count(), after[name].Count(), before[name].Sum(weight => weight.ByteCount), after[name].Sum(weight => weight.ByteCount)))
            .OrderByDescending(size => Math.Max(size.ReferenceSize, size.DifferenceSize))
            .ThenBy(size => size.Encoding, StringComparer.Ordinal)
            .ToArray();
    }
}
