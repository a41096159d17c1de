using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CoreMLQuant.Tensors.Compensation;

/// <summary>
/// Products of matrices with tiles, <c>C -= A B</c>. Every element adds up its products one after the other, each rounded by itself, so the
/// result is the same whatever the width of the processor's vectors.
/// </summary>
internal static class ProductKernel
{
    /// <summary>Columns of B and C.</summary>
    public const int Tile = 32;

    // So many rows of B stay in the nearest cache, in FP64 half of it, while all rows of A pass.
    private const int RowsOfB = 64;

    /// <summary>A number of columns, rounded up to whole tiles.</summary>
    public static int Padded(int columns) => (columns + Tile - 1) / Tile * Tile;

    /// <summary>Subtracts a product.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="a">Rows x depth.</param>
    /// <param name="strideA">Distance of its rows.</param>
    /// <param name="b">Depth x <see cref="Tile"/>, row by row without gaps.</param>
    /// <param name="c">Rows x <see cref="Tile"/>.</param>
    /// <param name="strideC">Distance of its rows.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="depth">Columns of A, rows of B.</param>
    public static void Subtract<T>(ReadOnlySpan<T> a, int strideA, ReadOnlySpan<T> b, Span<T> c, int strideC, int rows, int depth)
        where T : unmanaged
    {
        if (rows == 0 || depth == 0)
        {
            return;
        }

        // The loops below go without bounds checks: these are all there is.
        _ = a[((rows - 1) * strideA) + depth - 1];
        _ = b[(depth * Tile) - 1];
        _ = c[((rows - 1) * strideC) + Tile - 1];
        ref T firstA = ref MemoryMarshal.GetReference(a), firstB = ref MemoryMarshal.GetReference(b), firstC = ref MemoryMarshal.GetReference(c);
        for (int start = 0; start < depth; start += RowsOfB)
        {
            SubtractPart(ref Unsafe.Add(ref firstA, start), strideA, ref Unsafe.Add(ref firstB, start * Tile), ref firstC, strideC, rows, Math.Min(RowsOfB, depth - start));
        }
    }

    private static void SubtractPart<T>(ref T a, int strideA, ref T b, ref T c, int strideC, int rows, int depth)
        where T : unmanaged
    {
        for (int column = 0; column < Tile; column += 2 * Vector<T>.Count)
        {
            ref T stripB = ref Unsafe.Add(ref b, column);
            ref T stripC = ref Unsafe.Add(ref c, column);
            int row = 0;
            for (; row + 4 <= rows; row += 4)
            {
                SubtractFour(ref Unsafe.Add(ref a, row * strideA), strideA, ref stripB, ref Unsafe.Add(ref stripC, row * strideC), strideC, depth);
            }

            for (; row < rows; row++)
            {
                SubtractOne(ref Unsafe.Add(ref a, row * strideA), ref stripB, ref Unsafe.Add(ref stripC, row * strideC), depth);
            }
        }
    }

    // Four rows of A share what is read of B: eight sums in registers, which hides the latency of an addition.
    [MethodImpl(HotLoop.Optimized)]
    private static void SubtractFour<T>(ref T a, int strideA, ref T b, ref T c, int strideC, int depth)
        where T : unmanaged
    {
        ref T a1 = ref Unsafe.Add(ref a, strideA), a2 = ref Unsafe.Add(ref a1, strideA), a3 = ref Unsafe.Add(ref a2, strideA);
        ref T c1 = ref Unsafe.Add(ref c, strideC), c2 = ref Unsafe.Add(ref c1, strideC), c3 = ref Unsafe.Add(ref c2, strideC);
        Vector<T> low0 = Low(ref c), low1 = Low(ref c1), low2 = Low(ref c2), low3 = Low(ref c3);
        Vector<T> high0 = High(ref c), high1 = High(ref c1), high2 = High(ref c2), high3 = High(ref c3);
        for (int k = 0; k < depth; k++)
        {
            Vector<T> low = Low(ref b), high = High(ref b), factor = new(Unsafe.Add(ref a, k));
            low0 -= factor * low;
            high0 -= factor * high;
            factor = new Vector<T>(Unsafe.Add(ref a1, k));
            low1 -= factor * low;
            high1 -= factor * high;
            factor = new Vector<T>(Unsafe.Add(ref a2, k));
            low2 -= factor * low;
            high2 -= factor * high;
            factor = new Vector<T>(Unsafe.Add(ref a3, k));
            low3 -= factor * low;
            high3 -= factor * high;
            b = ref Unsafe.Add(ref b, Tile);
        }

        Store(ref c, low0, high0);
        Store(ref c1, low1, high1);
        Store(ref c2, low2, high2);
        Store(ref c3, low3, high3);
    }

    [MethodImpl(HotLoop.Optimized)]
    private static void SubtractOne<T>(ref T a, ref T b, ref T c, int depth)
        where T : unmanaged
    {
        Vector<T> low = Low(ref c), high = High(ref c);
        for (int k = 0; k < depth; k++)
        {
            Vector<T> factor = new(Unsafe.Add(ref a, k));
            low -= factor * Low(ref b);
            high -= factor * High(ref b);
            b = ref Unsafe.Add(ref b, Tile);
        }

        Store(ref c, low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Low<T>(ref T source)
        where T : unmanaged => Unsafe.ReadUnaligned<Vector<T>>(ref Unsafe.As<T, byte>(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> High<T>(ref T source)
        where T : unmanaged => Unsafe.ReadUnaligned<Vector<T>>(ref Unsafe.As<T, byte>(ref Unsafe.Add(ref source, Vector<T>.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(ref T destination, Vector<T> low, Vector<T> high)
        where T : unmanaged
    {
        Unsafe.WriteUnaligned(ref Unsafe.As<T, byte>(ref destination), low);
        Unsafe.WriteUnaligned(ref Unsafe.As<T, byte>(ref Unsafe.Add(ref destination, Vector<T>.Count)), high);
    }
}
