using System;
using System.Buffers;

namespace CoreMLQuant.Tensors.Decoding;

/// <summary>The mask of a sparse weight of vectors: each bit of the indices' mask stands for a whole vector.</summary>
internal sealed class RepeatedMask(BitMask source, VectorAxis axis) : BitMask
{
    public override long Count => source.Count * axis.Size;

    public override void Read(long start, Span<byte> bits)
    {
        while (!bits.IsEmpty)
        {
            (int length, long sourceStart, int sourceLength) = axis.Piece(start, bits.Length);
            byte[] sourceBits = ArrayPool<byte>.Shared.Rent(sourceLength);
            try
            {
                source.Read(sourceStart, sourceBits.AsSpan(0, sourceLength));
                int done = 0;
                foreach ((int run, long element, _) in axis.Runs(start, length))
                {
                    sourceBits.AsSpan((int)(element - sourceStart), run).CopyTo(bits.Slice(done));
                    done += run;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(sourceBits);
            }

            bits = bits.Slice(length);
            start += length;
        }
    }
}
