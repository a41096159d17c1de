using System;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Compensation;

namespace CoreMLQuant.Coding;

/// <summary>The layer that a weight belongs to, as far as its inputs are known: what an error of the weight does to its output.</summary>
/// <param name="statistics">What its inputs were like.</param>
internal sealed class WeightLayer(LayerStatistics statistics)
{
    private const int Tile = ProductKernel.Tile;

    private readonly Lazy<MatrixLayout> _layout = new(() => new MatrixLayout(statistics.InputGrid, statistics.Groups));

    /// <summary>Whether it is known how inputs depend on each other, so that the error of one value can be compensated by others.</summary>
    public bool HasGram => statistics.Gram is not null;

    /// <summary>Why that is not known; empty when nobody asked.</summary>
    public string GramReason => statistics.GramReason;

    /// <summary>The axis of the output channels.</summary>
    public int OutputAxis => statistics.OutputAxis;

    /// <summary>Number of output channels.</summary>
    public long Channels => statistics.Shape[statistics.OutputAxis];

    /// <summary>The weight as matrices.</summary>
    public MatrixLayout Layout => _layout.Value;

    /// <summary>Whether every value of an output channel is one product of the same row, so that the mean of an error is the same for all of them.</summary>
    public bool HasRowForEachChannel => statistics.InputGrid.ElementCount / statistics.InputGrid.BlockCount * statistics.Groups == Channels;

    /// <summary>The Gram matrix of each group.</summary>
    /// <param name="isCentred">Around the mean: what remains of an error when the bias takes its mean. That makes a copy.</param>
    public GramMatrix[] Grams(bool isCentred)
    {
        int columns = statistics.Columns;
        double[] values = isCentred ? (double[])statistics.Gram!.Clone() : statistics.Gram!;
        for (int row = 0; isCentred && row < statistics.Means.Length; row++)
        {
            int first = row / columns * columns;
            for (int column = 0; column < columns; column++)
            {
                values[((long)row * columns) + column] -= statistics.Means[row] * statistics.Means[first + column];
            }
        }

        return Enumerable.Range(0, statistics.Groups).Select(group => new GramMatrix(values, group * columns * columns, columns)).ToArray();
    }

    /// <summary>What an error of the weight does to the output.</summary>
    /// <param name="source">The weight as read.</param>
    /// <param name="stored">The weight as written.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    public LayerDifference Measure(float[] source, float[] stored, CancellationToken cancellationToken)
    {
        using IDisposable memory = CompensationMemory.Enter(cancellationToken);
        GramMatrix[]? grams = HasGram ? Grams(isCentred: false) : null;
        int[] natural = InverseFactor.Natural(Layout.Columns);
        double[] signals = new double[Layout.Groups * Layout.Rows], noises = new double[signals.Length], shifts = new double[signals.Length];
        for (int group = 0; group < Layout.Groups; group++)
        {
            int current = group;
            TileWork.Run(Layout.Tiles, index => Measure(Layout.TileOf(current, index)), cancellationToken);
        }

        return new LayerDifference(
            grams is null ? null : new LayerError(signals.Sum(), noises.Sum()),
            HasRowForEachChannel ? shifts : null,
            shifts.Sum(shift => shift * shift));

        void Measure(RowTile tile)
        {
            float[] before = new float[Layout.Columns * Tile], after = new float[before.Length];
            Layout.Gather(source, tile, natural, before);
            Layout.Gather(stored, tile, natural, after);
            double[] rows = Array.ConvertAll(before, value => (double)value);
            int first = (tile.Group * Layout.Rows) + tile.First;
            Energies(rows, signals);
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i] -= after[i];
                if (i % Tile < tile.Count)
                {
                    shifts[first + (i % Tile)] += rows[i] * statistics.Means[(tile.Group * Layout.Columns) + (i / Tile)];
                }
            }

            Energies(rows, noises);

            void Energies(double[] of, double[] destination)
            {
                if (grams is not null)
                {
                    double[] energies = new double[Tile];
                    OutputEnergy.OfRows(grams[tile.Group], of, energies);
                    Array.Copy(energies, 0, destination, first, tile.Count);
                }
            }
        }
    }
}

/// <summary>What an error of a weight does to the output of its layer.</summary>
/// <param name="Error">Its energy; <see langword="null"/> where it is not known how inputs depend on each other.</param>
/// <param name="Shifts">How much too small each output channel is on the mean; <see langword="null"/> where that differs within a channel.</param>
/// <param name="ShiftEnergy">The energy of these means, which goes when the bias takes them.</param>
internal sealed record LayerDifference(LayerError? Error, double[]? Shifts, double ShiftEnergy);
