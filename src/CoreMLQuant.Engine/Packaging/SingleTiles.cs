using System;
using System.Buffers;
using System.Runtime.InteropServices;
using System.Threading;

namespace CoreMLQuant.Packaging;

/// <summary>Reads FP32 data tile by tile, so that a tensor of any size needs the memory of one tile.</summary>
internal static class SingleTiles
{
    // 256 KB: fits the second-level cache beside the kernel's output.
    private const int TileElements = 64 << 10;

    /// <summary>Looks at the next values.</summary>
    public delegate void Visit(ReadOnlySpan<float> tile);

    /// <summary>Hands all values of the data to a visitor, in order.</summary>
    /// <param name="data">Little-endian FP32 values.</param>
    /// <param name="visit">Takes one tile after the other.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    public static void Read(WeightData data, Visit visit, CancellationToken cancellationToken)
    {
        long count = data.Length / sizeof(float);
        float[] tile = ArrayPool<float>.Shared.Rent((int)Math.Min(TileElements, count));
        try
        {
            for (long done = 0; done < count;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Span<float> values = tile.AsSpan(0, (int)Math.Min(tile.Length, count - done));
                data.Read(done * sizeof(float), MemoryMarshal.AsBytes(values));
                visit(values);
                done += values.Length;
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(tile);
        }
    }
}
