using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Completers;

/// <summary>Offers the names of an ML Program's functions.</summary>
public sealed class FunctionCompleter : ModelCompleter
{
    private protected override IEnumerable<string> Candidates(ModelFile file) =>
        file.GetOperations(NamePatterns.None).Select(operation => operation.Function);
}
