using System;
using System.Buffers;

namespace CoreMLQuant.Tensors.Decoding;

/// <summary>
/// Which elements of a sparse weight are stored: one bit an element, in C order. Where an element's value stands among the
/// stored ones is the number of ones before it; these are counted once, when that is first asked for, and kept for each
/// chunk of elements. Safe for several readers at once.
/// </summary>
internal abstract class BitMask
{
    private const int ChunkBits = 16;
    private const int ChunkLength = 1 << ChunkBits;

    private readonly Lazy<long[]> _onesBeforeChunk;

    protected BitMask() => _onesBeforeChunk = new Lazy<long[]>(CountChunks);

    /// <summary>Number of elements.</summary>
    public abstract long Count { get; }

    /// <summary>Number of ones.</summary>
    public long Ones => _onesBeforeChunk.Value[_onesBeforeChunk.Value.Length - 1];

    /// <summary>Reads bits, one a byte, 0 or 1; the range must lie within the mask.</summary>
    public abstract void Read(long start, Span<byte> bits);

    /// <summary>Number of ones in front of an element.</summary>
    public long OnesBefore(long element)
    {
        long chunk = element >> ChunkBits;
        return _onesBeforeChunk.Value[chunk] + CountOnes(chunk << ChunkBits, (int)(element & (ChunkLength - 1)));
    }

    /// <summary>The element that has so many ones in front of it and is one itself.</summary>
    /// <param name="rank">0 for the first one; below <see cref="Ones"/>.</param>
    public long ElementOf(long rank)
    {
        int found = Array.BinarySearch(_onesBeforeChunk.Value, rank);

        // Of chunks without a one, which share their count with the next, the last one of a kind is the right one.
        int chunk = found >= 0 ? found : ~found - 1;
        while (_onesBeforeChunk.Value[chunk + 1] <= rank)
        {
            chunk++;
        }

        long start = (long)chunk << ChunkBits;
        int length = (int)Math.Min(ChunkLength, Count - start);
        byte[] bits = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Read(start, bits.AsSpan(0, length));
            long left = rank - _onesBeforeChunk.Value[chunk];
            int element = 0;
            while (bits[element] == 0 || left-- > 0)
            {
                element++;
            }

            return start + element;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bits);
        }
    }

    /// <summary>Number of ones in a range of at most a chunk.</summary>
    protected virtual int CountOnes(long start, int length)
    {
        byte[] bits = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Read(start, bits.AsSpan(0, length));
            int ones = 0;
            foreach (byte bit in bits.AsSpan(0, length))
            {
                ones += bit;
            }

            return ones;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bits);
        }
    }

    private long[] CountChunks()
    {
        long[] before = new long[((Count + ChunkLength - 1) >> ChunkBits) + 1];
        for (int chunk = 0; chunk < before.Length - 1; chunk++)
        {
            long start = (long)chunk << ChunkBits;
            before[chunk + 1] = before[chunk] + CountOnes(start, (int)Math.Min(ChunkLength, Count - start));
        }

        return before;
    }
}
