using System;
using System.Buffers;
using System.Threading;

namespace CoreMLQuant.Tensors;

/// <summary>Goes through a weight tile by tile, so that one of any size needs the memory of one tile.</summary>
internal static class ValueTiles
{
    /// <summary>Values of a tile: 256 KB of FP32, which fits the second-level cache beside a kernel's output.</summary>
    public const int Length = 64 << 10;

    /// <summary>Looks at the next values.</summary>
    /// <param name="start">Index of the first.</param>
    /// <param name="tile">The values.</param>
    public delegate void Visitor(long start, ReadOnlySpan<float> tile);

    /// <summary>Hands all values to a visitor, in order.</summary>
    public static void Visit(TensorValues values, Visitor visit, CancellationToken cancellationToken)
    {
        if (values is ResidentValues resident)
        {
            visit(0, resident.Span);
            return;
        }

        float[] buffer = ArrayPool<float>.Shared.Rent((int)Math.Min(Length, values.Count));
        try
        {
            for (long start = 0; start < values.Count; start += Length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Span<float> tile = buffer.AsSpan(0, (int)Math.Min(Length, values.Count - start));
                values.Read(start, tile);
                visit(start, tile);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }
}
