using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Completers;

/// <summary>Offers sizes of blocks that share a scale, 32 first, as coremltools has it.</summary>
public sealed class BlockSizeCompleter : ValueCompleter
{
    private static readonly int[] Sizes = [32, 16, 64, 128];

    private protected override IEnumerable<(string Value, string Meaning)> Values(string commandName) =>
        Sizes.Select(size => (size.ToString(CultureInfo.InvariantCulture), $"blocks of {size} values"));
}
