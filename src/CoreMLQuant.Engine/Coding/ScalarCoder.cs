using System;
using System.Buffers;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>A coder with one code for each value, in the order of the values.</summary>
/// <param name="elementType">Type that the codes decode to: FP32 or FP16, or an integer type that is itself a code.</param>
internal abstract class ScalarCoder(ElementType elementType) : TensorCoder
{
    // What a code decodes to, beside the value, fits the first-level cache between encoding and measuring.
    private const int PieceLength = 2 << 10;

    /// <summary>Type that the codes decode to.</summary>
    public ElementType ElementType { get; } = elementType;

    public sealed override void Encode(TensorValues values, long start, Span<byte> codes, ErrorMeter meter)
    {
        float[] tile = ArrayPool<float>.Shared.Rent(codes.Length), decoded = ArrayPool<float>.Shared.Rent(PieceLength);
        try
        {
            Span<float> source = tile.AsSpan(0, codes.Length);
            values.Read(start, source);
            Look(values, start, source);
            for (int done = 0; done < codes.Length; done += PieceLength)
            {
                int length = Math.Min(PieceLength, codes.Length - done);
                Span<float> piece = source.Slice(done, length), result = decoded.AsSpan(0, length);
                EncodeTile(start + done, piece, codes.Slice(done, length), result);
                meter.Add(piece, result);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(tile);
            ArrayPool<float>.Shared.Return(decoded);
        }
    }

    public sealed override void Decode(TensorValues values, long start, Span<float> decoded)
    {
        float[] tile = ArrayPool<float>.Shared.Rent(decoded.Length);
        byte[] codes = ArrayPool<byte>.Shared.Rent(decoded.Length);
        try
        {
            values.Read(start, tile.AsSpan(0, decoded.Length));
            Look(values, start, tile.AsSpan(0, decoded.Length));
            EncodeTile(start, tile.AsSpan(0, decoded.Length), codes.AsSpan(0, decoded.Length), decoded);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(tile);
            ArrayPool<byte>.Shared.Return(codes);
        }
    }

    /// <summary>Looks at what encoding a range needs to know, where <see cref="TensorCoder.EncodesOnDemand"/>.</summary>
    /// <param name="values">The weight.</param>
    /// <param name="start">Index of the range's first value.</param>
    /// <param name="tile">The values of the range.</param>
    protected virtual void Look(TensorValues values, long start, ReadOnlySpan<float> tile)
    {
    }

    /// <summary>Encodes values at hand.</summary>
    /// <param name="start">Index of the first value.</param>
    /// <param name="values">The values.</param>
    /// <param name="codes">Takes one code a byte.</param>
    /// <param name="decoded">Takes what the codes decode to, in the element type's precision.</param>
    public void EncodeTile(long start, ReadOnlySpan<float> values, Span<byte> codes, Span<float> decoded)
    {
        EncodeValues(start, values, codes, decoded);
        if (ElementType == ElementType.Float16)
        {
            HalfRounding.Round(decoded);
        }
    }

    /// <summary>Encodes values at hand; what the codes decode to in FP32.</summary>
    protected abstract void EncodeValues(long start, ReadOnlySpan<float> values, Span<byte> codes, Span<float> decoded);
}
