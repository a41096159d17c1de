using System;

namespace CoreMLQuant.Tensors.Compensation;

/// <summary>
/// Goes through the columns of some rows, has each stored in less than it holds, and lets the columns behind it make good the error
/// (GPTQ and SparseGPT, Frantar et al., 2022 and 2023). A column takes all that the columns before it leave when it is reached, so nothing is written twice.
/// </summary>
internal static class CompensationSweep
{
    private const int Tile = ProductKernel.Tile;

    /// <summary>Columns that are looked at together where a step has no blocks of its own.</summary>
    private const int UsualBlock = 32;

    /// <summary>Blocks of the usual length: the positions at which they end.</summary>
    public static int[] UsualBlocks(int count)
    {
        int[] ends = new int[(count + UsualBlock - 1) / UsualBlock];
        for (int block = 0; block < ends.Length; block++)
        {
            ends[block] = Math.Min((block + 1) * UsualBlock, count);
        }

        return ends;
    }

    /// <summary>Runs it for a tile of rows.</summary>
    /// <param name="factor">What is known of the inputs.</param>
    /// <param name="rows">The rows, column by column in the order of the factor; afterwards as they are stored.</param>
    /// <param name="errors">Room of the same size.</param>
    /// <param name="blockEnds">The positions at which blocks end that the step wants to see as a whole.</param>
    /// <param name="step">Stores a column.</param>
    public static void Run(InverseFactor factor, Span<float> rows, Span<float> errors, ReadOnlySpan<int> blockEnds, SweepStep step)
    {
        int start = 0;
        foreach (int end in blockEnds)
        {
            ProductKernel.Subtract(factor.From(start), factor.Stride, errors, rows.Slice(start * Tile), Tile, end - start, start);
            step.Begin(start, end, rows);
            for (int position = start; position < end; position++)
            {
                Span<float> column = rows.Slice(position * Tile, Tile), error = errors.Slice(position * Tile, Tile);
                ProductKernel.Subtract(factor.From(position).Slice(start), factor.Stride, errors.Slice(start * Tile), column, Tile, 1, position - start);
                column.CopyTo(error);
                step.Store(position, column);
                float diagonal = factor.Diagonal[position];
                for (int row = 0; row < Tile; row++)
                {
                    error[row] = (error[row] - column[row]) / diagonal;
                }
            }

            start = end;
        }
    }
}

/// <summary>Stores columns of a tile of rows.</summary>
internal abstract class SweepStep
{
    /// <summary>Looks at a block before its first column is stored.</summary>
    /// <param name="start">Its first position.</param>
    /// <param name="end">The position behind it.</param>
    /// <param name="rows">All columns; those of the block hold what the columns before have left for them.</param>
    public virtual void Begin(int start, int end, ReadOnlySpan<float> rows)
    {
    }

    /// <summary>Stores a column.</summary>
    /// <param name="position">Its position.</param>
    /// <param name="values">Its values; takes what they are stored as.</param>
    public abstract void Store(int position, Span<float> values);
}
