using CoreMLQuant.Elements;
using CoreMLQuant.Tensors.Compensation;

namespace CoreMLQuant.Coding;

/// <summary>Linear quantization, which rounds each value to the nearest integer by itself. Compensation has its integers chosen otherwise, under the same scales.</summary>
/// <param name="elementType">Type that the integers decode to.</param>
internal abstract class BlockCoder(ElementType elementType) : ScalarCoder(elementType)
{
    /// <summary>Quantizes single values. After <see cref="TensorCoder.Prepare"/>; it may change the scales.</summary>
    public abstract BlockEncoder NewEncoder();
}
