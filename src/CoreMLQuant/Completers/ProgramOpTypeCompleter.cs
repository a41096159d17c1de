using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Completers;

/// <summary>Offers the types of all operations of an ML Program.</summary>
public sealed class ProgramOpTypeCompleter : ModelCompleter
{
    private protected override IEnumerable<string> Candidates(ModelFile file) =>
        file.GetOperations(NamePatterns.None).Select(operation => operation.OpType).OrderBy(type => type, StringComparer.Ordinal);
}
