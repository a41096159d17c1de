using CoreMLQuant.Elements;
using CoreMLQuant.Tensors.Compensation;

namespace CoreMLQuant.Coding;

/// <summary>
/// A coder that rounds each value by itself to the nearest one that a code can stand for. Compensation has the codes chosen otherwise, with the same scales or lookup tables.
/// </summary>
/// <param name="elementType">Type that the codes decode to.</param>
internal abstract class BlockCoder(ElementType elementType) : ScalarCoder(elementType)
{
    /// <summary>Encodes single values. After <see cref="TensorCoder.Prepare"/>; it may change the scales.</summary>
    public abstract BlockEncoder NewEncoder();
}
