using System.Collections.Generic;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.Mil.Decoding;

/// <summary>
/// What an operation's users see of a constant, and what it is made of. The parts are those of the outermost operation; a part
/// may be decoded from another nest itself.
/// </summary>
/// <param name="ElementType">Type of the values.</param>
/// <param name="Shape">Dimensions.</param>
/// <param name="Values">The values.</param>
internal sealed record DecodedWeight(ElementType ElementType, IReadOnlyList<long> Shape, TensorValues Values)
{
    /// <summary>Which values are stored; <see langword="null"/> for a dense weight.</summary>
    public BitMask? Mask => Values switch
    {
        SparseValues sparse => sparse.Mask,
        MaskedValues masked => masked.Mask,
        _ => null,
    };

    /// <summary>
    /// Integers, scales and offsets; <see langword="null"/> for a weight that is not quantized. Those of a sparse weight cover
    /// its zeros as well, with codes that mean nothing.
    /// </summary>
    public LinearValues? Linear => Inner as LinearValues;

    /// <summary>Indices and lookup tables; <see langword="null"/> for a weight that is not palettized. Sparse ones as for <see cref="Linear"/>.</summary>
    public PalettizedValues? Palettized => Inner as PalettizedValues;

    private TensorValues Inner => Values is MaskedValues masked ? masked.Values : Values;
}
