using System;
using System.Numerics.Tensors;

namespace CoreMLQuant.Tensors;

/// <summary>Linear decoding of tiles, <c>scale * (q - offset)</c>, in FP32, one rounding for each operation.</summary>
internal static class DequantizationKernel
{
    /// <summary>Subtracts each element's offset, in place.</summary>
    /// <param name="grid">How the offsets lie over the weight.</param>
    /// <param name="start">The tile's first element.</param>
    /// <param name="values">The tile.</param>
    /// <param name="offsets">Offsets from <paramref name="firstBlock"/> on.</param>
    /// <param name="firstBlock">Block of the first offset.</param>
    public static void Shift(BlockGrid grid, long start, Span<float> values, ReadOnlySpan<float> offsets, long firstBlock)
    {
        if (grid.RunLength > 1)
        {
            foreach ((int at, int length, long block) in grid.Runs(start, values.Length))
            {
                Span<float> run = values.Slice(at, length);
                TensorPrimitives.Subtract(run, offsets[(int)(block - firstBlock)], run);
            }

            return;
        }

        while (!values.IsEmpty)
        {
            Span<float> row = Row(grid, start, values);
            TensorPrimitives.Subtract(row, offsets.Slice((int)(grid.BlockOf(start) - firstBlock), row.Length), row);
            start += row.Length;
            values = values.Slice(row.Length);
        }
    }

    /// <summary>Multiplies with each element's scale, in place; parameters as for <see cref="Shift"/>.</summary>
    public static void Scale(BlockGrid grid, long start, Span<float> values, ReadOnlySpan<float> scales, long firstBlock)
    {
        if (grid.RunLength > 1)
        {
            foreach ((int at, int length, long block) in grid.Runs(start, values.Length))
            {
                Span<float> run = values.Slice(at, length);
                TensorPrimitives.Multiply(run, scales[(int)(block - firstBlock)], run);
            }

            return;
        }

        while (!values.IsEmpty)
        {
            Span<float> row = Row(grid, start, values);
            TensorPrimitives.Multiply(row, scales.Slice((int)(grid.BlockOf(start) - firstBlock), row.Length), row);
            start += row.Length;
            values = values.Slice(row.Length);
        }
    }

    // One block an element: a row of values meets a row of blocks.
    private static Span<float> Row(BlockGrid grid, long start, Span<float> values) =>
        values.Slice(0, (int)Math.Min(grid.RowLength - (start % grid.RowLength), values.Length));
}
