using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;

namespace CoreMLQuant.Completers;

/// <summary>Offers the names of weights.</summary>
public sealed class WeightNameCompleter : ModelCompleter
{
    private protected override IEnumerable<string> Candidates(IReadOnlyList<WeightSite> weights) =>
        weights.Select(weight => weight.Name);
}
