using System;
using System.Buffers;
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

    private readonly Lazy<GramFactors> _factors = new(() => new GramFactors(() => MatricesOf(statistics), Damping.OfQuantization(statistics.SampleCount)));
    private readonly Lazy<MatrixLayout> _layout = new(() => new MatrixLayout(statistics.InputGrid, statistics.Groups));
    private KnownSignal? _signal;

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
    public GramMatrix[] Grams() => MatricesOf(statistics);

    /// <summary>Keeps what compensation finds out of the layer until the result is disposed of, for encodings that follow.</summary>
    public IDisposable? KeepFactors() => HasGram ? Factors.Keep() : null;

    /// <summary>What an error of the weight does to the output.</summary>
    /// <param name="source">The weight as read.</param>
    /// <param name="stored">The weight as written.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    public LayerDifference Measure(float[] source, float[] stored, CancellationToken cancellationToken)
    {
        using IDisposable memory = CompensationMemory.Enter(cancellationToken);
        return HasGram ? OfKnownProducts(source, stored, cancellationToken) : OfIndependentInputs(source, stored, cancellationToken);
    }

    private LayerDifference OfKnownProducts(float[] source, float[] stored, CancellationToken cancellationToken)
    {
        GramMatrix[] grams = Grams();
        string digest = DigestOf(source);
        KnownSignal? known = _signal is { } last && last.Digest == digest ? last : null;
        double[] signals = new double[Layout.Groups * Layout.Rows], noises = new double[signals.Length];
        OutputMoments noise = new(signals.Length);
        ForEachTile(
            source,
            stored,
            (tile, first, rows, errors) =>
            {
                if (known is null)
                {
                    OfRows(tile, first, rows, signals);
                }

                OfRows(tile, first, errors, noises);
                Add(tile, first, errors, noise);
            },
            cancellationToken);
        known ??= new KnownSignal(digest, signals.Sum());
        _signal = known;
        return new LayerDifference(new LayerError(known.Energy, noises.Sum(), source.AsSpan().SequenceEqual(stored)), Shifts(noise.Means, noises));

        void OfRows(RowTile tile, int first, ReadOnlySpan<double> rows, double[] destination)
        {
            double[] energies = new double[Tile];
            OutputEnergy.OfRows(grams[tile.Group], rows, energies);
            Array.Copy(energies, 0, destination, first, tile.Count);
        }
    }

    private static string DigestOf(float[] source)
    {
        using var hash = new FigureHash();
        hash.AddNumbers(source);
        return hash.Finish();
    }

    // Where all inputs grow and shrink together, only their own steadiness tells whether an error is mean or spread.
    private LayerDifference OfIndependentInputs(float[] source, float[] stored, CancellationToken cancellationToken)
    {
        int count = Layout.Groups * Layout.Rows;
        OutputMoments signal = new(count), noise = new(count);
        ForEachTile(
            source,
            stored,
            (tile, first, rows, errors) =>
            {
                Add(tile, first, rows, signal);
                Add(tile, first, errors, noise);
            },
            cancellationToken);
        return new LayerDifference(
            new LayerError(signal.Energy, noise.Energy, source.AsSpan().SequenceEqual(stored)) { AssumesIndependence = true },
            Shifts(HasSteadyInputs ? noise.Means : new double[count], noise.Energies));
    }

    // Of rows whose error is more mean than spread.
    private double[]? Shifts(double[] means, double[] energies) =>
        HasRowForEachChannel ? means.Zip(energies, (mean, energy) => mean * mean >= LeastMeanShare * energy ? mean : 0).ToArray() : null;

    private void Add(RowTile tile, int first, ReadOnlySpan<double> rows, OutputMoments moments)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if (i % Tile < tile.Count)
            {
                int input = (tile.Group * Layout.Columns) + (i / Tile);
                double mean = statistics.Means[input];
                moments.Means[first + (i % Tile)] += rows[i] * mean;
                moments.Spreads[first + (i % Tile)] += rows[i] * rows[i] * Math.Max(statistics.SecondMoments[input] - (mean * mean), 0);
            }
        }
    }

    // Takes the tile, the place of its first row among all output channels, the weight's values and their errors.
    private void ForEachTile(float[] source, float[] stored, Action<RowTile, int, ArraySegment<double>, ArraySegment<double>> measure, CancellationToken cancellationToken)
    {
        int[] natural = InverseFactor.Natural(Layout.Columns);
        for (int group = 0; group < Layout.Groups; group++)
        {
            int current = group;
            ParallelParts.Run(Layout.Tiles, index => Measure(Layout.TileOf(current, index)), cancellationToken);
        }

        void Measure(RowTile tile)
        {
            int length = Layout.Columns * Tile;
            float[] values = ArrayPool<float>.Shared.Rent(length);
            double[] rows = ArrayPool<double>.Shared.Rent(length), errors = ArrayPool<double>.Shared.Rent(length);
            try
            {
                Layout.Gather(source, tile, natural, values.AsSpan(0, length));
                for (int i = 0; i < length; i++)
                {
                    rows[i] = values[i];
                }

                Layout.Gather(stored, tile, natural, values.AsSpan(0, length));
                for (int i = 0; i < length; i++)
                {
                    errors[i] = rows[i] - values[i];
                }

                measure(tile, (tile.Group * Layout.Rows) + tile.First, new ArraySegment<double>(rows, 0, length), new ArraySegment<double>(errors, 0, length));
            }
            finally
            {
                ArrayPool<float>.Shared.Return(values);
                ArrayPool<double>.Shared.Return(rows);
                ArrayPool<double>.Shared.Return(errors);
            }
        }
    }

    private static GramMatrix[] MatricesOf(LayerStatistics statistics)
    {
        int columns = statistics.Columns;
        double[] values = statistics.Gram!.Read();
        return Enumerable.Range(0, statistics.Groups).Select(group => new GramMatrix(values, group * columns * columns, columns)).ToArray();
    }
}

/// <summary>What an error of a weight does to the output of its layer.</summary>
/// <param name="Error">Its energy.</param>
/// <param name="Shifts">
/// How much too small each output channel is on the mean, and zero where the error is more spread than mean; <see langword="null"/> where that
/// differs within a channel.
/// </param>
internal sealed record LayerDifference(LayerError Error, double[]? Shifts);

/// <summary>The energy that a weight has at the output. Whoever encodes it in several ways asks for it again each time, and it takes as long as that of the errors.</summary>
/// <param name="Digest">Digest of the values.</param>
/// <param name="Energy">The energy.</param>
internal sealed record KnownSignal(string Digest, double Energy);

/// <summary>What rows make of inputs: their means, and their variances as far as inputs are independent of each other.</summary>
/// <param name="rows">Number of rows.</param>
internal sealed class OutputMoments(int rows)
{
    /// <summary>The mean of each output.</summary>
    public double[] Means { get; } = new double[rows];

    /// <summary>The variance of each output.</summary>
    public double[] Spreads { get; } = new double[rows];

    /// <summary>The mean of the squares of each output.</summary>
    public double[] Energies => Means.Zip(Spreads, (mean, spread) => (mean * mean) + spread).ToArray();

    /// <summary>The mean of the squares of all outputs together.</summary>
    public double Energy => Means.Sum(mean => mean * mean) + Spreads.Sum();
}
