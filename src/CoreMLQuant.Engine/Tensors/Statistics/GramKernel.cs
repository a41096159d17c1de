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
    // Twelve sums and seven columns at a time fill the registers; columns of a block stay in the cache while all rows pass.
    private const int Rows = 4, Columns = 3, ColumnsOfBlock = 48;

    private static void AddBlocks(ReadOnlySpan<float> tile, int columns, int stride, Span<double> gram)
    {
        for (int block = 0; block < columns; block += ColumnsOfBlock)
        {
            int end = Math.Min(block + ColumnsOfBlock, columns);
            for (int row = block; row < columns; row += Rows)
            {
                for (int column = block; column < Math.Min(end, row + Rows); column += Columns)
                {
                    AddProducts(tile, columns, stride, row, column, end, gram);
                }
            }
        }
    }

    [MethodImpl(HotLoop.Optimized)]
    private static void AddProducts(ReadOnlySpan<float> tile, int columns, int stride, int row, int column, int end, Span<double> gram)
    {
        // Beyond the last column the last is taken again, and what comes out is dropped.
        int last = columns - 1;
        ref float first = ref MemoryMarshal.GetReference(tile);
        ref float a0 = ref Unsafe.Add(ref first, (nint)row * stride), a1 = ref Unsafe.Add(ref first, (nint)Math.Min(row + 1, last) * stride);
        ref float a2 = ref Unsafe.Add(ref first, (nint)Math.Min(row + 2, last) * stride), a3 = ref Unsafe.Add(ref first, (nint)Math.Min(row + 3, last) * stride);
        ref float b0 = ref Unsafe.Add(ref first, (nint)column * stride), b1 = ref Unsafe.Add(ref first, (nint)Math.Min(column + 1, last) * stride);
        ref float b2 = ref Unsafe.Add(ref first, (nint)Math.Min(column + 2, last) * stride);
        Vector256<float> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        Vector256<float> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        for (nuint i = 0; i < (nuint)stride; i += Lanes)
        {
            Vector256<float> x0 = Vector256.LoadUnsafe(ref b0, i), x1 = Vector256.LoadUnsafe(ref b1, i), x2 = Vector256.LoadUnsafe(ref b2, i);
            Vector256<float> y = Vector256.LoadUnsafe(ref a0, i);
            s00 = Vector256.MultiplyAddEstimate(y, x0, s00);
            s01 = Vector256.MultiplyAddEstimate(y, x1, s01);
            s02 = Vector256.MultiplyAddEstimate(y, x2, s02);
            y = Vector256.LoadUnsafe(ref a1, i);
            s10 = Vector256.MultiplyAddEstimate(y, x0, s10);
            s11 = Vector256.MultiplyAddEstimate(y, x1, s11);
            s12 = Vector256.MultiplyAddEstimate(y, x2, s12);
            y = Vector256.LoadUnsafe(ref a2, i);
            s20 = Vector256.MultiplyAddEstimate(y, x0, s20);
            s21 = Vector256.MultiplyAddEstimate(y, x1, s21);
            s22 = Vector256.MultiplyAddEstimate(y, x2, s22);
            y = Vector256.LoadUnsafe(ref a3, i);
            s30 = Vector256.MultiplyAddEstimate(y, x0, s30);
            s31 = Vector256.MultiplyAddEstimate(y, x1, s31);
            s32 = Vector256.MultiplyAddEstimate(y, x2, s32);
        }

        Span<float> sums =
        [
            Vector256.Sum(s00), Vector256.Sum(s01), Vector256.Sum(s02), Vector256.Sum(s10), Vector256.Sum(s11), Vector256.Sum(s12),
            Vector256.Sum(s20), Vector256.Sum(s21), Vector256.Sum(s22), Vector256.Sum(s30), Vector256.Sum(s31), Vector256.Sum(s32),
        ];
        for (int i = 0; i < Rows && row + i < columns; i++)
        {
            for (int j = 0; j < Columns && column + j < end && column + j <= row + i; j++)
            {
                gram[(int)(((long)(row + i) * columns) + column + j)] += sums[(i * Columns) + j];
            }
        }
    }
#endif
}
