using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;

namespace CoreMLQuant.Completers;

/// <summary>Offers the names of weights.</summary>
public sealed class WeightNameCompleter : ModelCompleter
{
    private protected override IEnumerable<string> Candidates(ModelFile file) =>
        file.GetWeights().Select(weight => weight.Name);
}
