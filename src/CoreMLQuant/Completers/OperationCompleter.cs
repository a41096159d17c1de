using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;

namespace CoreMLQuant.Completers;

/// <summary>Offers what patterns of a conversion match: operation types, operation names, weight names.</summary>
public sealed class OperationCompleter : ModelCompleter
{
    private protected override IEnumerable<string> Candidates(ModelFile file) => file.GetWeights()
        .SelectMany(weight => weight.Consumers)
        .OrderBy(type => type, System.StringComparer.Ordinal)
        .Concat(file.GetWeights().Select(weight => weight.OpName))
        .Concat(file.GetWeights().Select(weight => weight.Name));
}
