using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Completers;

/// <summary>Offers sizes, written as they can be.</summary>
public sealed class TargetSizeCompleter : ValueCompleter
{
    private static readonly string[] Sizes = ["10MB", "25MB", "50MB", "100MB", "200MB", "500MB", "1GB"];

    private protected override IEnumerable<(string Value, string Meaning)> Values(string commandName) => Sizes.Select(size => (size, $"at most {size} on disk"));
}
