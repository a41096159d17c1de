using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Completers;

/// <summary>Offers bit widths: those of ML Programs, and those that only NeuralNetworks have.</summary>
public sealed class BitWidthCompleter : ValueCompleter
{
    private static readonly int[] Quantized = [4, 8];
    private static readonly int[] Palettized = [1, 2, 3, 4, 6, 8];

    private protected override IEnumerable<(string Value, string Meaning)> Values(string commandName, string parameterName)
    {
        int[] ofPrograms = commandName.IndexOf("Palettized", StringComparison.OrdinalIgnoreCase) >= 0 ? Palettized : Quantized;
        return Enumerable.Range(1, 8)
            .OrderBy(bits => !ofPrograms.Contains(bits))
            .Select(bits => (bits.ToString(CultureInfo.InvariantCulture), ofPrograms.Contains(bits) ? $"{bits} bits" : $"{bits} bits, NeuralNetworks only"));
    }
}
