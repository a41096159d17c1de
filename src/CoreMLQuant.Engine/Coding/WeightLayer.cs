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

    // From here on, most errors are nearer to their mean than to zero.
    private const double LeastMeanShare = 0.5;

    private readonly Lazy<GramFactors> _factors = new(() => new GramFactors(MatricesOf(statistics)));
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

    /// <summary>How much an error of each value counts; <see langword="null"/> when the samples tell nothing of it.</summary>
    public InputImportance? Importance => InputImportance.Of(statistics);

    /// <summary>Whether every value of an output channel is one product of the same row, so that the mean of an error is the same for all of them.</summary>
    public bool HasRowForEachChannel => statistics.InputGrid.ElementCount / statistics.InputGrid.BlockCount * statistics.Groups == Channels;

    /// <summary>
    /// Whether inputs are more mean than spread, so that errors will be as well. Where they are not, as in a spectrogram with a few loud
    /// moments, the mean of an error is that of a few samples, and all others would suffer from it in the bias.
    /// </summary>
    public bool HasSteadyInputs { get; } =
        statistics.Means.Sum(mean => mean * mean) >= LeastMeanShare * statistics.SecondMoments.Sum() && statistics.Means.Any(mean => mean != 0);

    /// <summary>The Gram matrix of each group, with its factors; only where there are Gram matrices.</summary>
    public GramFactors Factors => _factors.Value;

    /// <summary>The Gram matrix of each group.</summary>
    public GramMatrix[] Grams() => [.. Factors.Matrices];

    /// <summary>Keeps what compensation finds out of the layer until the result is disposed of, for encodings that follow.</summary>
    public IDisposable? KeepFactors() => HasGram ? Factors.Keep() : null;

    /// <summary>What an error of the weight does to the output.</summary>
    /// <param name="source">The weight as read.</param>
    /// <param name="stored">The weight as written.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    public LayerDifference Measure(float[] source, float[] stored, CancellationToken cancellationToken)
    {
        using IDisposable memory = CompensationMemory.Enter(cancellationToken);
        GramMatrix[]? grams = HasGram ? Grams() : null;
        int[] natural = InverseFactor.Natural(Layout.Columns);
        double[] signals = new double[Layout.Groups * Layout.Rows], noises = new double[signals.Length], shifts = new double[signals.Length];
        double[] spreads = new double[signals.Length];
        for (int group = 0; group < Layout.Groups; group++)
        {
            int current = group;
            TileWork.Run(Layout.Tiles, index => Measure(Layout.TileOf(current, index)), cancellationToken);
        }

        for (int channel = 0; channel < shifts.Length; channel++)
        {
            // Without a Gram matrix, inputs count as independent; where all of them grow and shrink together, only their own steadiness tells.
            double mean = shifts[channel] * shifts[channel], energy = grams is null ? mean + spreads[channel] : noises[channel];
            shifts[channel] = (grams is not null || HasSteadyInputs) && mean >= LeastMeanShare * energy ? shifts[channel] : 0;
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
                    int input = (tile.Group * Layout.Columns) + (i / Tile);
                    double mean = statistics.Means[input];
                    shifts[first + (i % Tile)] += rows[i] * mean;
                    spreads[first + (i % Tile)] += rows[i] * rows[i] * Math.Max(statistics.SecondMoments[input] - (mean * mean), 0);
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

    private static GramMatrix[] MatricesOf(LayerStatistics statistics)
    {
        int columns = statistics.Columns;
        return Enumerable.Range(0, statistics.Groups).Select(group => new GramMatrix(statistics.Gram!, group * columns * columns, columns)).ToArray();
    }
}

/// <summary>What an error of a weight does to the output of its layer.</summary>
/// <param name="Error">Its energy; <see langword="null"/> where it is not known how inputs depend on each other.</param>
/// <param name="Shifts">
/// How much too small each output channel is on the mean, and zero where the error is more spread than mean; <see langword="null"/> where that
/// differs within a channel.
/// </param>
/// <param name="ShiftEnergy">The energy of these means, which goes when the bias takes them.</param>
internal sealed record LayerDifference(LayerError? Error, double[]? Shifts, double ShiftEnergy);
