using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Completers;

/// <summary>Offers numbers of channels that share a lookup table.</summary>
public sealed class GroupSizeCompleter : ValueCompleter
{
    private static readonly int[] Sizes = [4, 8, 16, 32];

    private protected override IEnumerable<(string Value, string Meaning)> Values(string commandName) =>
        Sizes.Select(size => (size.ToString(CultureInfo.InvariantCulture), $"one lookup table for {size} channels"));
}
