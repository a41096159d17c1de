using System;
using System.Buffers;
using System.Linq;
using System.Threading;

namespace CoreMLQuant.Tensors.Compensation;

/// <summary>
/// Quantization that compensates the error of one column by the columns behind it. Each row is stored so or rounded to nearest, whichever errs less at the output of the
/// layer: compensation counts on a damped matrix, and where inputs hardly depend on each other it has nothing to gain.
/// </summary>
/// <param name="layout">The weight as matrices.</param>
/// <param name="encoder">Encodes.</param>
/// <param name="byActivation">Whether each row is also compensated with the largest inputs first (act-order) under the scales that it has; what errs less is kept.</param>
internal sealed class QuantizationSweep(MatrixLayout layout, BlockEncoder encoder, bool byActivation)
{
    private const int Tile = ProductKernel.Tile;

    private readonly int[]? _ends = encoder.CanFit ? TileBlocks.Ends(encoder.Grid, layout) : null;
    private int _compensated;

    /// <summary>Quantizes a weight.</summary>
    /// <param name="values">The weight.</param>
    /// <param name="grams">The Gram matrix of each group, with its factors.</param>
    /// <param name="codes">Takes one code a byte.</param>
    /// <param name="decoded">Takes what the codes decode to.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    /// <returns>What became of the rows.</returns>
    public CompensationOutcome Run(float[] values, GramFactors grams, byte[] codes, float[] decoded, CancellationToken cancellationToken)
    {
        double damping = 0;
        int unfactored = 0;
        GramMatrix[] matrices = grams.ReadMatrices();
        for (int group = 0; group < layout.Groups; group++)
        {
            GramMatrix gram = matrices[group];

            // The natural order is last: it alone changes scales.
            InverseFactor[] factors = grams.Of(group, gram, byActivation, cancellationToken);
            damping = Math.Max(damping, factors.Where(factor => factor.IsDampedMore).Select(factor => factor.Damping).DefaultIfEmpty(0).Max());
            unfactored += factors.Length == 0 ? 1 : 0;
            int current = group;
            ParallelParts.Run(layout.Tiles, index => Run(layout.TileOf(current, index), values, gram, factors, codes, decoded), cancellationToken);
        }

        return new CompensationOutcome(layout.Groups * layout.Rows, _compensated, damping, unfactored);
    }

    private void Run(RowTile tile, float[] values, GramMatrix gram, InverseFactor[] factors, byte[] codes, float[] decoded)
    {
        int length = gram.Count * Tile;
        float[] source = ArrayPool<float>.Shared.Rent(length), rows = ArrayPool<float>.Shared.Rent(length), errors = ArrayPool<float>.Shared.Rent(length);
        byte[] rowCodes = ArrayPool<byte>.Shared.Rent(length);
        double[] differences = ArrayPool<double>.Shared.Rent(length);
        try
        {
            int[] natural = InverseFactor.Natural(gram.Count);
            var blocks = new TileBlocks(encoder.Grid, layout, tile);
            layout.Gather(values, tile, natural, source.AsSpan(0, length));

            // Rounded to nearest first: what is better takes its place.
            source.AsSpan(0, length).CopyTo(rows);
            var rounding = new QuantizationStep(encoder, blocks, natural, fits: false, rowCodes);
            for (int column = 0; column < gram.Count; column++)
            {
                rounding.Store(column, rows.AsSpan(column * Tile, Tile));
            }

            double[] least = new double[Tile], energies = new double[Tile];
            bool[] isCompensated = new bool[Tile];
            Energies(gram, natural, source, rows, differences, least);
            Put(tile, natural, rowCodes, rows, codes, decoded, row => true);
            foreach (InverseFactor factor in factors)
            {
                bool fits = _ends is not null && ReferenceEquals(factor, factors[factors.Length - 1]);
                layout.Gather(values, tile, factor.Order, rows.AsSpan(0, length));
                var step = new QuantizationStep(encoder, blocks, factor.Order, fits, rowCodes);
                CompensationSweep.Run(factor, rows.AsSpan(0, length), errors.AsSpan(0, length), fits ? _ends : CompensationSweep.UsualBlocks(gram.Count), step);
                Energies(gram, factor.Order, source, rows, differences, energies);
                bool[] isBetter = energies.Zip(least, (energy, other) => energy < other).ToArray();
                for (int row = 0; row < tile.Count; row++)
                {
                    isCompensated[row] |= isBetter[row];
                    least[row] = isBetter[row] ? energies[row] : least[row];
                    if (fits && !isBetter[row])
                    {
                        Restore(blocks, row);
                    }
                }

                Put(tile, factor.Order, rowCodes, rows, codes, decoded, row => isBetter[row]);
            }

            Interlocked.Add(ref _compensated, isCompensated.Count(value => value));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(source);
            ArrayPool<float>.Shared.Return(rows);
            ArrayPool<float>.Shared.Return(errors);
            ArrayPool<byte>.Shared.Return(rowCodes);
            ArrayPool<double>.Shared.Return(differences);
        }
    }

    private static void Energies(GramMatrix gram, int[] order, float[] source, float[] rows, double[] differences, Span<double> energies)
    {
        for (int position = 0; position < order.Length; position++)
        {
            for (int row = 0; row < Tile; row++)
            {
                int at = (order[position] * Tile) + row;
                differences[at] = (double)source[at] - rows[(position * Tile) + row];
            }
        }

        OutputEnergy.OfRows(gram, differences.AsSpan(0, order.Length * Tile), energies);
    }

    private void Put(RowTile tile, int[] order, byte[] rowCodes, float[] rows, byte[] codes, float[] decoded, Func<int, bool> isWanted)
    {
        for (int row = 0; row < tile.Count; row++)
        {
            if (isWanted(row))
            {
                layout.Scatter<byte>(rowCodes, tile, row, order, codes);
                layout.Scatter<float>(rows, tile, row, order, decoded);
            }
        }
    }

    private void Restore(TileBlocks blocks, int row)
    {
        Span<int> of = stackalloc int[Tile];
        foreach (int end in _ends!)
        {
            blocks.Of(end - 1, of);
            encoder.Restore(of[row]);
        }
    }
}

/// <summary>What became of the rows of a weight.</summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Compensated">Rows whose errors are compensated.</param>
/// <param name="RaisedDamping">The largest damping that is more than was asked for, as a share of the mean diagonal; zero where none is.</param>
/// <param name="Unfactored">Groups whose Gram matrix has no factor.</param>
internal readonly record struct CompensationOutcome(int Rows, int Compensated, double RaisedDamping, int Unfactored);
