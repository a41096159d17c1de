using System.Globalization;

namespace CoreMLQuant.Models;

/// <summary>One encoding of several that a weight may have.</summary>
/// <param name="Encoding">Which.</param>
/// <param name="BitWidth">Bits of the integers or indices that it stores; 0 when it stores none.</param>
/// <param name="Sparsity">Share of the values that are not stored; <see langword="null"/> when it does not apply.</param>
public sealed record EncodingStep(WeightEncoding Encoding, int BitWidth, double? Sparsity)
{
    /// <summary>E.g. <c>Linear 8-bit</c>, <c>Sparse 50 %</c>.</summary>
    public override string ToString() => Sparsity is { } share
        ? string.Format(CultureInfo.InvariantCulture, "{0} {1:0.#} %", Encoding, share * 100)
        : BitWidth > 0 ? string.Format(CultureInfo.InvariantCulture, "{0} {1}-bit", Encoding, BitWidth)
        : Encoding.ToString();
}
