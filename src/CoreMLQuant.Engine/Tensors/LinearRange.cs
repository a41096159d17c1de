namespace CoreMLQuant.Tensors;

/// <summary>The integers that a quantized weight may hold.</summary>
/// <param name="Bits">1 to 8.</param>
/// <param name="IsSigned">Two's complement.</param>
/// <param name="IsSymmetric">Zero in the middle; then one level is dropped, so that there are as many above it as below.</param>
internal readonly record struct LinearRange(int Bits, bool IsSigned, bool IsSymmetric)
{
    /// <summary>Smallest integer.</summary>
    public int Min => !IsSigned ? 0 : IsSymmetric ? 1 - (1 << (Bits - 1)) : -(1 << (Bits - 1));

    /// <summary>Largest integer.</summary>
    public int Max => IsSigned ? (1 << (Bits - 1)) - 1 : IsSymmetric ? (1 << Bits) - 2 : (1 << Bits) - 1;

    /// <summary>Whether the integers are stored with an offset; without one it is zero.</summary>
    public bool HasOffset => !(IsSigned && IsSymmetric);
}
