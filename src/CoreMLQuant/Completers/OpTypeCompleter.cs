using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;

namespace CoreMLQuant.Completers;

/// <summary>Offers the types of operations and layers that use weights.</summary>
public sealed class OpTypeCompleter : ModelCompleter
{
    private protected override IEnumerable<string> Candidates(ModelFile file) =>
        file.GetWeights().SelectMany(weight => weight.Consumers).OrderBy(type => type, StringComparer.Ordinal);
}
