using System;
using System.Collections.Generic;

namespace CoreMLQuant.Onnx;

/// <summary>A weight that stays where it is: external data of the graph in the model's own file.</summary>
/// <param name="TensorName">The initializer.</param>
/// <param name="TensorType">Its element type.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Path">The file, relative to <see cref="OnnxTranslation.WeightFolder"/>, with <c>/</c>.</param>
/// <param name="Offset">Where the data begins; a multiple of 64.</param>
/// <param name="Length">Bytes.</param>
public sealed record StoredOnnxWeight(string TensorName, OnnxTensorType TensorType, IReadOnlyList<long> Shape, string Path, long Offset, long Length);

/// <summary>A weight that can be given for a run; the shape is that of the initializer, the values stand in the order of Core ML's weight.</summary>
/// <param name="TensorName">The initializer.</param>
/// <param name="Shape">Its dimensions.</param>
public sealed record ReplaceableOnnxWeight(string TensorName, IReadOnlyList<long> Shape)
{
    /// <summary>Whether both are one initializer.</summary>
    public bool Equals(ReplaceableOnnxWeight? other) => other is not null && TensorName == other.TensorName;

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(TensorName);
}

/// <summary>
/// A weight that has to be decoded: memory of <see cref="ByteCount"/> bytes is filled once and given to the session as the
/// initializer <see cref="TensorName"/>. The model file must be open while it is read.
/// </summary>
public abstract class DecodedOnnxWeight
{
    private protected DecodedOnnxWeight(string tensorName, OnnxTensorType tensorType, IReadOnlyList<long> shape, long count)
    {
        TensorName = tensorName;
        TensorType = tensorType;
        Shape = shape;
        Count = count;
    }

    /// <summary>The initializer.</summary>
    public string TensorName { get; }

    /// <summary>
    /// Its element type: <see cref="OnnxTensorType.Float"/> or <see cref="OnnxTensorType.Int32"/>; integers of 4 and 8 bits where weights stay compressed
    /// (<see cref="TranslationOptions.KeepsCompressed"/>).
    /// </summary>
    public OnnxTensorType TensorType { get; }

    /// <summary>Its dimensions.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>Bits of an element; those below 8 are packed.</summary>
    public int BitWidth => TensorType.BitWidth();

    /// <summary>Bytes of all elements.</summary>
    public long ByteCount => ((Count * BitWidth) + 7) / 8;

    /// <summary>Decodes a range of elements. Ranges may be decoded by several threads at once.</summary>
    /// <param name="start">Index of the first element; an even one where two share a byte.</param>
    /// <param name="destination">Takes whole elements, little-endian; a few hundred KB at a time are enough.</param>
    public abstract void Read(long start, Span<byte> destination);
}
