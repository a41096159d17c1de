namespace CoreMLQuant.Comparison;

/// <summary>Bytes of the weights with one encoding in both models; data shared by several weights is counted once.</summary>
/// <param name="Encoding">The encoding, e.g. <c>Linear 8-bit</c>.</param>
/// <param name="ReferenceCount">Weights in the reference.</param>
/// <param name="DifferenceCount">Weights in the other.</param>
/// <param name="ReferenceSize">Their bytes in the reference.</param>
/// <param name="DifferenceSize">Their bytes in the other.</param>
public sealed record EncodingSize(string Encoding, int ReferenceCount, int DifferenceCount, long ReferenceSize, long DifferenceSize)
{
    /// <summary>Encoding and bytes.</summary>
    public override string ToString() => $"{Encoding}: {ReferenceSize} -> {DifferenceSize} bytes";
}
