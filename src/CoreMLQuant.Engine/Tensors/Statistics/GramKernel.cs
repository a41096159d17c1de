using System;
#if NET
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
#else
using System.Numerics.Tensors;
#endif

namespace CoreMLQuant.Tensors.Statistics;

/// <summary>
/// Adds the products of columns with each other to a Gram matrix. Products of a tile are summed in FP32, in eight lanes; tiles are added up in
/// FP64, in their order. So the sum does not depend on the number of cores, and it does on whether the processor multiplies and adds in one step.
/// </summary>
internal static class GramKernel
{
    /// <summary>Columns of a tile have a multiple of so many elements; what is left over is zero.</summary>
    public const int Lanes = 8;

    /// <summary>Adds a tile to the lower triangle.</summary>
    /// <param name="tile">Columns one after the other, each padded with zeros to <paramref name="stride"/> elements.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="stride">A multiple of <see cref="Lanes"/>.</param>
    /// <param name="gram">columns x columns, row-major; what is above the diagonal stays as it is.</param>
    public static void Add(ReadOnlySpan<float> tile, int columns, int stride, Span<double> gram)
    {
#if NET
        AddBlocks(tile, columns, stride, gram);
#else
        for (int row = 0; row < columns; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                gram[(row * columns) + column] += TensorPrimitives.Dot(tile.Slice(row * stride, stride), tile.Slice(column * stride, stride));
            }
        }
#endif
    }

    /// <summary>Copies the lower triangle over the diagonal.</summary>
    public static void Mirror(int columns, Span<double> gram)
    {
        for (int row = 0; row < columns; row++)
        {
            for (int column = 0; column < row; column++)
            {
                gram[(column * columns) + row] = gram[(row * columns) + column];
            }
        }
    }

#if NET
    // Twelve sums, three rows and one column at a time fill the registers.
    private const int Rows = 3, Columns = 4;

    // Columns of a block stay in the cache while all rows pass. Of short ones there are more: what a row of the matrix gets at a time is then long enough to be fetched ahead.
    private const int ElementsOfBlock = 24 << 10;

    private static void AddBlocks(ReadOnlySpan<float> tile, int columns, int stride, Span<double> gram)
    {
        int width = Math.Max(ElementsOfBlock / stride, Columns) / Columns * Columns;
        for (int block = 0; block < columns; block += width)
        {
            int end = Math.Min(block + width, columns);
            for (int row = block; row < columns; row += Rows)
            {
                AddRows(tile, columns, stride, row, block, Math.Min(end, row + Rows), gram);
            }
        }
    }

    [MethodImpl(HotLoop.Optimized)]
    private static void AddRows(ReadOnlySpan<float> tile, int columns, int stride, int row, int start, int end, Span<double> gram)
    {
        // Beyond the last column the last is taken again, and what comes out is dropped.
        int last = columns - 1;
        ref float first = ref MemoryMarshal.GetReference(tile);
        ref float a0 = ref Unsafe.Add(ref first, (nint)row * stride), a1 = ref Unsafe.Add(ref first, (nint)Math.Min(row + 1, last) * stride);
        ref float a2 = ref Unsafe.Add(ref first, (nint)Math.Min(row + 2, last) * stride);
        for (int column = start; column < end; column += Columns)
        {
            ref float b0 = ref Unsafe.Add(ref first, (nint)column * stride), b1 = ref Unsafe.Add(ref first, (nint)Math.Min(column + 1, last) * stride);
            ref float b2 = ref Unsafe.Add(ref first, (nint)Math.Min(column + 2, last) * stride), b3 = ref Unsafe.Add(ref first, (nint)Math.Min(column + 3, last) * stride);
            Vector256<float> s00 = default, s01 = default, s02 = default, s03 = default, s10 = default, s11 = default;
            Vector256<float> s12 = default, s13 = default, s20 = default, s21 = default, s22 = default, s23 = default;
            for (nuint i = 0; i < (nuint)stride; i += Lanes)
            {
                Vector256<float> y0 = Vector256.LoadUnsafe(ref a0, i), y1 = Vector256.LoadUnsafe(ref a1, i), y2 = Vector256.LoadUnsafe(ref a2, i);
                Vector256<float> x = Vector256.LoadUnsafe(ref b0, i);
                s00 = Vector256.MultiplyAddEstimate(y0, x, s00);
                s10 = Vector256.MultiplyAddEstimate(y1, x, s10);
                s20 = Vector256.MultiplyAddEstimate(y2, x, s20);
                x = Vector256.LoadUnsafe(ref b1, i);
                s01 = Vector256.MultiplyAddEstimate(y0, x, s01);
                s11 = Vector256.MultiplyAddEstimate(y1, x, s11);
                s21 = Vector256.MultiplyAddEstimate(y2, x, s21);
                x = Vector256.LoadUnsafe(ref b2, i);
                s02 = Vector256.MultiplyAddEstimate(y0, x, s02);
                s12 = Vector256.MultiplyAddEstimate(y1, x, s12);
                s22 = Vector256.MultiplyAddEstimate(y2, x, s22);
                x = Vector256.LoadUnsafe(ref b3, i);
                s03 = Vector256.MultiplyAddEstimate(y0, x, s03);
                s13 = Vector256.MultiplyAddEstimate(y1, x, s13);
                s23 = Vector256.MultiplyAddEstimate(y2, x, s23);
            }

            Vector128<float> r0 = LaneSums.Of(s00, s01, s02, s03), r1 = LaneSums.Of(s10, s11, s12, s13), r2 = LaneSums.Of(s20, s21, s22, s23);
            if (column + Columns <= Math.Min(end, row + 1) && row + Rows <= columns)
            {
                ref double at = ref Unsafe.Add(ref MemoryMarshal.GetReference(gram), ((nint)row * columns) + column);
                Add(ref at, r0);
                Add(ref Unsafe.Add(ref at, columns), r1);
                Add(ref Unsafe.Add(ref at, 2 * (nint)columns), r2);
                continue;
            }

            AddSome(gram, columns, row, column, end, r0);
            AddSome(gram, columns, row + 1, column, end, r1);
            AddSome(gram, columns, row + 2, column, end, r2);
        }
    }

    private static void Add(ref double at, Vector128<float> sums) =>
        (Vector256.LoadUnsafe(ref at) + Vector256.Create(Vector128.WidenLower(sums), Vector128.WidenUpper(sums))).StoreUnsafe(ref at);

    // At the end of a block, and at the diagonal.
    private static void AddSome(Span<double> gram, int columns, int row, int column, int end, Vector128<float> sums)
    {
        for (int i = 0; row < columns && i < Columns && column + i < end && column + i <= row; i++)
        {
            gram[(int)(((long)row * columns) + column + i)] += sums[i];
        }
    }
#endif
}
