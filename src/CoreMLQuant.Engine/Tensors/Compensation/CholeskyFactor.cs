using System;
using System.Threading;

namespace CoreMLQuant.Tensors.Compensation;

/// <summary>
/// The Cholesky factor of a symmetric matrix, <c>A = M Mᵀ</c>, in FP64 and in place: blocks of columns one after the other, from the left
/// (Golub and Van Loan, Matrix Computations, 4.2.6). The inverse of a diagonal block turns all solving into products.
/// </summary>
/// <param name="values">The lower triangle, row by row; what stands above the diagonal is not read, and overwritten.</param>
/// <param name="count">Number of rows.</param>
/// <param name="stride">Distance of rows; at least <see cref="ProductKernel.Padded"/>.</param>
internal sealed class CholeskyFactor(double[] values, int count, int stride)
{
    private const int Block = 64;
    private const int Tile = ProductKernel.Tile;

    /// <summary>Factors.</summary>
    /// <returns>Whether the matrix is positive definite; otherwise its values are lost.</returns>
    public bool Factor(CancellationToken cancellationToken)
    {
        double[] inverse = new double[Block * Block];
        double[] panel = new double[Block * ProductKernel.Padded(count)];
        for (int start = 0; start < count; start += Block)
        {
            int size = Math.Min(Block, count - start), below = start + size;
            if (!FactorDiagonal(start, size))
            {
                return false;
            }

            if (below == count)
            {
                break;
            }

            // Inputs that were always zero depend on no other: nothing is to be solved or subtracted.
            if (IsZero(values, count, stride, start, size, below))
            {
                continue;
            }

            InvertDiagonal(start, inverse);
            int tiles = ProductKernel.Padded(count - below) / Tile, first = start;
            ParallelParts.Run(tiles, tile => Solve(tile, first, below, inverse, panel.AsSpan(tile * Block * Tile, Block * Tile)), cancellationToken);
            ParallelParts.Run(tiles, tile => Update(tile, first, below, panel), cancellationToken);
        }

        return true;
    }

    /// <summary>Whether some columns of a matrix are zero from a row on.</summary>
    /// <param name="values">The matrix, row by row.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="stride">Distance of rows.</param>
    /// <param name="column">The first column.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="row">The first row.</param>
    public static bool IsZero(double[] values, int count, int stride, int column, int columns, int row)
    {
        for (; row < count; row++)
        {
            foreach (double value in values.AsSpan((row * stride) + column, columns))
            {
                if (value != 0)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool FactorDiagonal(int start, int size)
    {
        for (int row = start; row < start + size; row++)
        {
            for (int column = start; column <= row; column++)
            {
                double sum = values[(row * stride) + column];
                for (int k = start; k < column; k++)
                {
                    sum -= values[(row * stride) + k] * values[(column * stride) + k];
                }

                if (column < row)
                {
                    values[(row * stride) + column] = sum / values[(column * stride) + column];
                }
                else if (sum > 0 && !double.IsInfinity(sum))
                {
                    values[(row * stride) + row] = Math.Sqrt(sum);
                }
                else
                {
                    return false;
                }
            }
        }

        return true;
    }

    // Minus the inverse, transposed, since products are subtracted, and its columns in tiles.
    private void InvertDiagonal(int start, double[] inverse)
    {
        Array.Clear(inverse, 0, inverse.Length);
        for (int column = 0; column < Block; column++)
        {
            for (int row = column; row < Block; row++)
            {
                double sum = row == column ? -1 : 0;
                for (int k = column; k < row; k++)
                {
                    sum -= values[((start + row) * stride) + start + k] * inverse[InTiles(column, k)];
                }

                inverse[InTiles(column, row)] = sum / values[((start + row) * stride) + start + row];
            }
        }
    }

    /// <summary>The factor's elements left of the diagonal block for a tile of rows, also as columns of the panel.</summary>
    private void Solve(int tile, int start, int below, double[] inverse, Span<double> panel)
    {
        int row = below + (tile * Tile), rows = Math.Min(Tile, count - row);
        double[] solved = new double[rows * Block];
        for (int column = 0; column < Block; column += Tile)
        {
            ProductKernel.Subtract(values.AsSpan((row * stride) + start), stride, inverse.AsSpan(column * Block), solved.AsSpan(column), Block, rows, Block);
        }

        for (int i = 0; i < rows; i++)
        {
            solved.AsSpan(i * Block, Block).CopyTo(values.AsSpan(((row + i) * stride) + start));
            for (int k = 0; k < Block; k++)
            {
                panel[(k * Tile) + i] = solved[(i * Block) + k];
            }
        }
    }

    private void Update(int tile, int start, int below, double[] panel)
    {
        int row = below + (tile * Tile), rows = Math.Min(Tile, count - row);
        for (int column = 0; column <= tile; column++)
        {
            ProductKernel.Subtract(values.AsSpan((row * stride) + start), stride, panel.AsSpan(column * Block * Tile), values.AsSpan((row * stride) + below + (column * Tile)), stride, rows, Block);
        }
    }

    // Where an element of a matrix of a block's size is when its columns are in tiles.
    private static int InTiles(int row, int column) => (((column / Tile * Block) + row) * Tile) + (column % Tile);
}
