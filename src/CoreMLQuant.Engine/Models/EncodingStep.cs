using System.Globalization;

namespace CoreMLQuant.Models;

/// <summary>One encoding of several that a weight may have.</summary>
/// <param name="Encoding">Which.</param>
/// <param name="BitWidth">Bits of what it stores: integers, indices; 0 where nothing of the kind is stored.</param>
/// <param name="Sparsity">Share of the values that are not stored; <see langword="null"/> where that is not what it is about.</param>
public sealed record EncodingStep(WeightEncoding Encoding, int BitWidth, double? Sparsity)
{
    /// <summary>E.g. <c>Linear 8-bit</c>, <c>Sparse 50 %</c>.</summary>
    public override string ToString() => Sparsity is { } share
        ? string.Format(CultureInfo.InvariantCulture, "{0} {1:0.#} %", Encoding, share * 100)
        : BitWidth > 0 ? string.Format(CultureInfo.InvariantCulture, "{0} {1}-bit", Encoding, BitWidth)
        : Encoding.ToString();
}
