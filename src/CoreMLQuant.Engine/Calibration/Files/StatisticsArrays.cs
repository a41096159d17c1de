using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Calibration.Inputs;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Tensors.Statistics;

namespace CoreMLQuant.Calibration.Files;

/// <summary>A statistics file as named arrays. Sums are kept and not means, so that a stopped run ends with the same bits as one that was not.</summary>
internal static class StatisticsArrays
{
    private const int Version = 1;

    /// <summary>The arrays of sums, and a digest of them: an archive's own checksums are not looked at by whoever reads it.</summary>
    public static IEnumerable<(string Name, MultiArray Array)> Of(CollectedSums sums)
    {
        var digest = new ArraysDigest();
        foreach ((string name, MultiArray array) in WithoutDigest(sums))
        {
            digest.Add(name, array);
            yield return (name, array);
        }

        yield return (StatisticsNames.Digest, Vector(new[] { digest.ToString() }));
    }

    private static IEnumerable<(string Name, MultiArray Array)> WithoutDigest(CollectedSums sums)
    {
        yield return (StatisticsNames.Format, Vector(new[] { Version }));
        yield return (StatisticsNames.Model, Vector(new[] { sums.ModelDigest }));
        yield return (StatisticsNames.Samples, Vector(sums.Samples.Names.ToArray()));
        if (sums.Samples.Resize is { } resize)
        {
            yield return (StatisticsNames.Resize, Vector(new[] { resize.ToString() }));
        }

        if (sums.Samples.Digest is { } contents)
        {
            yield return (StatisticsNames.Contents, Vector(new[] { contents }));
        }

        foreach ((string name, MultiArray array) in InputArrays(sums.Inputs).Concat(WeightArrays(sums.Weights)).Concat(ValueArrays(sums.Values)))
        {
            yield return (name, array);
        }

        if (sums.UnseenValues.Count > 0)
        {
            yield return (StatisticsNames.UnseenValues, Vector(sums.UnseenValues.ToArray()));
        }
    }

    /// <summary>The error of a file that holds something else, or not all of it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reason">What was found.</param>
    public static SampleDataException Damaged(string path, Exception reason) =>
        new(path, "It is no statistics file, or a damaged one. Specify another file, or delete it and calibrate again.", reason);

    /// <summary>Sums from arrays.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="reader">The arrays.</param>
    /// <exception cref="SampleDataException">It is no statistics file, or a damaged one.</exception>
    public static CollectedSums Read(string path, StatisticsReader reader)
    {
        try
        {
            if (!reader.IsWhole)
            {
                throw new ArgumentException("Its arrays are not those that were written.", nameof(reader));
            }

            int version = reader.Numbers<int>(StatisticsNames.Format)[0];
            return version == Version
                ? new CollectedSums(reader.Texts(StatisticsNames.Model)[0], ReadSamples(reader), ReadInputs(reader), ReadWeights(reader), ReadValues(reader))
                {
                    UnseenValues = reader.Has(StatisticsNames.UnseenValues) ? reader.Texts(StatisticsNames.UnseenValues) : [],
                }
                : throw new SampleDataException(path, $"It is a statistics file of version {version}; version {Version} can be read. Delete it and calibrate again.");
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidCastException or IndexOutOfRangeException or ArgumentException or OverflowException)
        {
            throw Damaged(path, e);
        }
    }

    private static SampleIdentity ReadSamples(StatisticsReader reader) =>
        new(
            reader.Texts(StatisticsNames.Samples),
            reader.Has(StatisticsNames.Resize) ? (ImageResize)Enum.Parse(typeof(ImageResize), reader.Texts(StatisticsNames.Resize)[0]) : null,
            reader.Has(StatisticsNames.Contents) ? reader.Texts(StatisticsNames.Contents)[0] : null);

    private static IEnumerable<(string Name, MultiArray Array)> InputArrays(IReadOnlyList<InputSums> inputs)
    {
        if (inputs.Count == 0)
        {
            yield break;
        }

        yield return ("inputs.key", Vector(inputs.Select(input => input.Key).ToArray()));
        yield return ("inputs.samples", Vector(inputs.Select(input => input.SamplesDone).ToArray()));
        yield return ("inputs.count", Vector(inputs.Select(input => input.Sums.Count).ToArray()));
        yield return ("inputs.columns", Vector(inputs.Select(input => input.Sums.Columns).ToArray()));
        for (int i = 0; i < inputs.Count; i++)
        {
            (VectorSums sums, string prefix) = (inputs[i].Sums, Prefix("inputs", i));
            yield return (prefix + "sums", Vector(sums.Sums));
            yield return (prefix + "squares", Vector(sums.Squares));
            if (inputs[i].ReadProducts() is { } products)
            {
                yield return (prefix + StatisticsNames.Products, new MultiArray(products, [sums.Sums.Length / sums.Columns, sums.Columns, sums.Columns]));
            }

            if (inputs[i].GramReason.Length > 0)
            {
                yield return (prefix + "reason", Vector(new[] { inputs[i].GramReason }));
            }
        }
    }

    private static InputSums[] ReadInputs(StatisticsReader reader)
    {
        if (!reader.Has("inputs.key"))
        {
            return [];
        }

        string[] keys = reader.Texts("inputs.key");
        int[] samples = reader.Numbers<int>("inputs.samples"), columns = reader.Numbers<int>("inputs.columns");
        long[] counts = reader.Numbers<long>("inputs.count");
        return keys.Select((key, i) =>
        {
            string prefix = Prefix("inputs", i);
            double[] sums = reader.Numbers<double>(prefix + "sums"), squares = reader.Numbers<double>(prefix + "squares");
            string ofProducts = prefix + StatisticsNames.Products;
            ParkedNumbers? parked = reader.Parked(ofProducts);
            double[]? products = parked is null && reader.Has(ofProducts) ? reader.Numbers<double>(ofProducts) : null;
            long? productCount = parked?.Count ?? products?.Length;
            string reason = reader.Has(prefix + "reason") ? reader.Texts(prefix + "reason")[0] : string.Empty;
            return sums.Length == squares.Length && columns[i] > 0 && sums.Length % columns[i] == 0 && (productCount is null || productCount == (long)sums.Length * columns[i])
                ? new InputSums(key, new VectorSums(counts[i], columns[i], sums, squares, productCount is not null) { Products = products }, reason, samples[i], parked)
                : throw new ArgumentException("Sums of other lengths than the vectors.", nameof(reader));
        }).ToArray();
    }

    private static IEnumerable<(string Name, MultiArray Array)> WeightArrays(IReadOnlyList<WeightOfInput> weights)
    {
        for (int i = 0; i < weights.Count; i++)
        {
            (WeightOfInput weight, string prefix) = (weights[i], Prefix("weights", i));
            yield return (prefix + "name", Vector(new[] { weight.Weight.Stage, weight.Weight.Function, weight.Weight.Name }));
            yield return (prefix + "shape", Vector(weight.Shape.ToArray()));
            yield return (prefix + "inputs", Vector(weight.InputCounts.ToArray()));
            yield return (prefix + "layout", Vector(LayoutOf(weight)));
            if (weight.OtherUses > 0)
            {
                yield return (prefix + StatisticsNames.OtherUses, Vector(new[] { weight.OtherUses }));
            }
        }
    }

    // Files of earlier versions do not have the last one, which is hardly ever other than 1.
    private static int[] LayoutOf(WeightOfInput weight) =>
        weight.Parts.Interleaved == 1 ? [weight.OutputAxis, weight.Parts.Consecutive, weight.Input] : [weight.OutputAxis, weight.Parts.Consecutive, weight.Input, weight.Parts.Interleaved];

    private static List<WeightOfInput> ReadWeights(StatisticsReader reader)
    {
        var weights = new List<WeightOfInput>();
        for (string prefix = Prefix("weights", 0); reader.Has(prefix + "name"); prefix = Prefix("weights", weights.Count))
        {
            string[] name = reader.Texts(prefix + "name");
            int[] layout = reader.Numbers<int>(prefix + "layout");
            weights.Add(new WeightOfInput(
                new WeightKey(name[0], name[1], name[2]), reader.Numbers<long>(prefix + "shape"), reader.Numbers<long>(prefix + "inputs"), layout[0], new InputParts(layout[1], layout.Length > 3 ? layout[3] : 1), layout[2])
            {
                OtherUses = reader.Has(prefix + StatisticsNames.OtherUses) ? reader.Numbers<double>(prefix + StatisticsNames.OtherUses)[0] : 0,
            });
        }

        return weights;
    }

    private static IEnumerable<(string Name, MultiArray Array)> ValueArrays(IReadOnlyList<NamedValueSums> values)
    {
        if (values.Count == 0)
        {
            yield break;
        }

        yield return ("values.name", Vector(values.Select(value => value.Name).ToArray()));
        yield return ("values.samples", Vector(values.Select(value => value.SamplesDone).ToArray()));
        yield return ("values.count", Vector(values.Select(value => value.Sums.Count).ToArray()));
        yield return ("values.minimum", Vector(values.Select(value => value.Sums.Minimum).ToArray()));
        yield return ("values.maximum", Vector(values.Select(value => value.Sums.Maximum).ToArray()));
        yield return ("values.sum", Vector(values.Select(value => value.Sums.Sum).ToArray()));
        yield return ("values.squares", Vector(values.Select(value => value.Sums.Squares).ToArray()));
        yield return ("values.exponent", Vector(values.Select(value => value.Sums.Histogram.Exponent).ToArray()));
        yield return ("values.histogram", new MultiArray(values.SelectMany(value => value.Sums.Histogram.Counts).ToArray(), [values.Count, GrowingHistogram.Bins]));
    }

    private static NamedValueSums[] ReadValues(StatisticsReader reader)
    {
        if (!reader.Has("values.name"))
        {
            return [];
        }

        int[] samples = reader.Numbers<int>("values.samples"), exponents = reader.Numbers<int>("values.exponent");
        long[] counts = reader.Numbers<long>("values.count"), histograms = reader.Numbers<long>("values.histogram");
        float[] minima = reader.Numbers<float>("values.minimum"), maxima = reader.Numbers<float>("values.maximum");
        double[] sums = reader.Numbers<double>("values.sum"), squares = reader.Numbers<double>("values.squares");
        return reader.Texts("values.name").Select((name, i) => new NamedValueSums(
            name,
            new ValueSums(
                counts[i], minima[i], maxima[i], sums[i], squares[i], new GrowingHistogram(histograms.AsSpan(i * GrowingHistogram.Bins, GrowingHistogram.Bins).ToArray(), exponents[i])),
            samples[i])).ToArray();
    }

    private static string Prefix(string kind, int index) => string.Format(CultureInfo.InvariantCulture, "{0}.{1}.", kind, index);

    private static MultiArray Vector(Array values) => new(values, [values.Length]);
}
