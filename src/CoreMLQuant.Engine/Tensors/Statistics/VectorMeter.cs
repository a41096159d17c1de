using System;
using System.Buffers;
using System.Collections.Generic;

namespace CoreMLQuant.Tensors.Statistics;

/// <summary>Adds the vectors of values to sums, tile by tile; of a value with many vectors, evenly spread ones.</summary>
internal static class VectorMeter
{
    private const int VectorsOfTile = 512;

    // Shifts the vectors that are taken from one value to the next, so that it is not always the same places.
    private const int Shift = 7919;

    /// <summary>Adds a value.</summary>
    /// <param name="values">The value, row-major.</param>
    /// <param name="shape">Its dimensions.</param>
    /// <param name="vectors">How vectors are taken from it.</param>
    /// <param name="sums">Where they are added.</param>
    /// <param name="most">Most vectors that are taken, at least 1.</param>
    /// <param name="ordinal">Number of the value among those that are added.</param>
    /// <exception cref="System.IO.InvalidDataException">The value does not hold such vectors.</exception>
    public static void Add(ReadOnlySpan<float> values, IReadOnlyList<long> shape, InputVectors vectors, VectorSums sums, int most, int ordinal)
    {
        long count = vectors.CountIn(shape);
        long step = (count + most - 1) / most;
        if (count == 0)
        {
            return;
        }

        long first = (long)ordinal * Shift % step;
        int taken = (int)((count - first + step - 1) / step), size = Math.Min(taken, VectorsOfTile);
        int stride = (size + GramKernel.Lanes - 1) / GramKernel.Lanes * GramKernel.Lanes;
        int[] indices = ArrayPool<int>.Shared.Rent(size);
        float[] tile = ArrayPool<float>.Shared.Rent(vectors.Columns * stride);
        try
        {
            for (int start = 0; start < taken; start += size)
            {
                int length = Math.Min(size, taken - start);
                for (int i = 0; i < length; i++)
                {
                    indices[i] = checked((int)(first + ((start + i) * step)));
                }

                Span<float> columns = tile.AsSpan(0, vectors.Columns * stride);
                columns.Clear();
                for (int group = 0; group < vectors.Groups; group++)
                {
                    vectors.Read(values, shape, group, indices.AsSpan(0, length), columns, stride);
                    sums.Add(group, columns, stride);
                }
            }

            sums.AddCount(taken);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(indices);
            ArrayPool<float>.Shared.Return(tile);
        }
    }
}
