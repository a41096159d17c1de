using System;

namespace CoreMLQuant.Tensors.Compensation;

/// <summary>The energy that rows have at the output of a layer: <c>E[(w x)²] = w G wᵀ</c>, in FP64.</summary>
internal static class OutputEnergy
{
    private const int Tile = ProductKernel.Tile;

    /// <summary>Computes it for a tile of rows. The matrix is symmetric, so only its lower half is read.</summary>
    /// <param name="gram">The Gram matrix.</param>
    /// <param name="rows">The rows, column by column in their natural order.</param>
    /// <param name="energies">Takes the energy of each row.</param>
    public static void OfRows(GramMatrix gram, ReadOnlySpan<double> rows, Span<double> energies)
    {
        energies.Clear();
        Span<double> products = stackalloc double[Tile * Tile];
        for (int block = 0; block < gram.Count; block += Tile)
        {
            int size = Math.Min(Tile, gram.Count - block);
            products.Clear();
            ProductKernel.Subtract(gram.From(block), gram.Count, rows, products, Tile, size, block);
            for (int column = 0; column < size; column++)
            {
                Span<double> product = products.Slice(column * Tile, Tile);
                ProductKernel.Subtract(gram.From(block + column).Slice(block), gram.Count, rows.Slice(block * Tile), product, Tile, 1, column);
                ReadOnlySpan<double> current = rows.Slice((block + column) * Tile, Tile);
                double diagonal = gram[block + column, block + column];
                for (int row = 0; row < Tile; row++)
                {
                    energies[row] += current[row] * ((diagonal * current[row]) - (2 * product[row]));
                }
            }
        }
    }
}
