using System;
using System.Buffers;

namespace CoreMLQuant.Tensors.Decoding;

/// <summary>The values at the ones of a mask, in order: the second output of the sparse compressions.</summary>
internal sealed class GatheredValues(BitMask mask, TensorValues values) : TensorValues
{
    private const int TileElements = 64 << 10;

    public override long Count => mask.Ones;

    public override void Read(long start, Span<float> destination)
    {
        if (destination.IsEmpty)
        {
            return;
        }

        byte[] bits = ArrayPool<byte>.Shared.Rent(TileElements);
        float[] tile = ArrayPool<float>.Shared.Rent(TileElements);
        try
        {
            for (long element = mask.ElementOf(start); !destination.IsEmpty; element += TileElements)
            {
                int length = (int)Math.Min(TileElements, mask.Count - element);
                mask.Read(element, bits.AsSpan(0, length));
                values.Read(element, tile.AsSpan(0, length));
                destination = destination.Slice(MaskKernel.Gather(bits, tile.AsSpan(0, length), destination));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bits);
            ArrayPool<float>.Shared.Return(tile);
        }
    }
}
