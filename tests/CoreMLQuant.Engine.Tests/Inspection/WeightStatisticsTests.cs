using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CoreMLQuant.Elements;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Inspection;

/// <summary>Statistics against coremltools' figures, and against plain sums over all values at once.</summary>
public class WeightStatisticsTests
{
    public static TheoryData<string, string> Packages => new()
    {
        { "convnet_iOS18", "fp32.mlpackage" },
        { "convnet_iOS18", "prune_mag75.mlpackage" },
        { "convnet_iOS18", "joint_prune50_pal4.mlpackage" },
        { "convnet_fp16_iOS18", "q4sym_block32.mlpackage" },
        { "multifunction_iOS18", "pal4_kmeans_merged.mlpackage" },
    };

    [Theory]
    [MemberData(nameof(Packages))]
    public void Measure_Fixture_HasCoremltoolsExtentAndLength(string folder, string variant)
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture(folder, variant));
        int compared = 0;
        foreach ((string function, JsonElement body) in Vectors.Functions(Vectors.Of(folder).GetProperty(variant)))
        {
            foreach (WeightSite weight in model.MeasureWeights(weight => weight.Function == function))
            {
                if (!body.GetProperty("weights").TryGetProperty(weight.Name, out JsonElement expected))
                {
                    continue;
                }

                WeightStatistics statistics = weight.Statistics!;
                Assert.Equal(expected.GetProperty("min").GetDouble(), statistics.Minimum);
                Assert.Equal(expected.GetProperty("max").GetDouble(), statistics.Maximum);

                // l2 is the root of n times the mean square.
                double square = (statistics.Mean!.Value * statistics.Mean.Value) + (statistics.StandardDeviation!.Value * statistics.StandardDeviation.Value);
                Assert.Equal(1, Math.Sqrt(square * weight.ElementCount) / expected.GetProperty("l2").GetDouble(), 1e-6);
                compared++;
            }
        }

        Assert.True(compared > 4);
    }

    [Fact]
    public void Measure_Palettized_HasAsManyDifferentValuesAsItsTable()
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("convnet_iOS18", "pal4_kmeans.mlpackage"));
        IReadOnlyList<WeightSite> weights = model.MeasureWeights(weight => weight.Encoding == WeightEncoding.Palettized);
        Assert.NotEmpty(weights);
        Assert.All(weights, weight => Assert.InRange(weight.Statistics!.DistinctCount!.Value, 2, 16));
    }

    [Fact]
    public void Measure_Network_SeesZerosAndRanges()
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("nn_cnn", "fp32.mlmodel"));
        Dictionary<string, float[]> values = NeuralNetworks.NetworkModels.Values(model.Path);
        Assert.All(model.MeasureWeights(_ => true), weight =>
        {
            float[] all = values[weight.Name];
            Assert.Equal(((double?)all.Min(), (double?)all.Max(), all.Count(value => value == 0), (int?)all.Distinct().Count()), (
                weight.Statistics!.Minimum, weight.Statistics.Maximum, (int)weight.Statistics.ZeroCount, weight.Statistics.DistinctCount));
        });
    }

    [Fact]
    public void Measure_SpecialValues_AreCountedApart()
    {
        WeightStatistics statistics = Measure([float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, -0f, 65519, -65520, 2.9802322e-8f, 3e-8f, 1e-40f, float.NaN]);
        Assert.Equal((3L + 1, 2L, 1L, 2L), (statistics.NonFiniteCount, statistics.ZeroCount, statistics.Float16OverflowCount, statistics.Float16UnderflowCount));
        Assert.Equal(((double?)-65520, (double?)65519, 9), (statistics.Minimum, statistics.Maximum, statistics.DistinctCount));
        Assert.Equal(new WeightStatistics(null, null, null, null, 0, 1, 0, 0, 2), Measure([float.NaN, float.NaN]));
        Assert.Equal(new WeightStatistics(null, null, null, null, 0, 0, 0, 0, 0), Measure([]));
    }

    [Fact]
    public void Measure_BothFloat16Bounds_AreThoseOfTheConversion()
    {
        // Every value around the bounds, counted as the conversion itself rounds it.
        foreach (uint bits in Around(65520f).Concat(Around(2.98023224e-8f)))
        {
            float value = SingleBits.FromBits(bits);
            ushort half = HalfConversion.FromSingleBits(bits);
            WeightStatistics statistics = Measure([value]);
            Assert.Equal((half == HalfConversion.PositiveInfinity, half == 0), (statistics.Float16OverflowCount == 1, statistics.Float16UnderflowCount == 1));
        }

        static IEnumerable<uint> Around(float value) => Enumerable.Range(-20, 41).Select(step => (uint)((int)SingleBits.ToBits(value) + step));
    }

    [Fact]
    public void Measure_FarFromZero_KeepsTheSpread()
    {
        float[] values = Enumerable.Range(0, 200_000).Select(i => 1e6f + (i % 2)).ToArray();
        WeightStatistics statistics = Measure(values);
        Assert.Equal(1000000.5, statistics.Mean!.Value, 1e-9);
        Assert.Equal(0.5, statistics.StandardDeviation!.Value, 1e-9);
    }

    [Fact]
    public void Measure_ManyJobs_IsTheSameEveryTime_AndRight()
    {
        var random = new Random(3);
        float[] values = Enumerable.Range(0, (5 << 20) + 12345).Select(_ => (float)((random.NextDouble() - 0.3) * 7)).ToArray();
        WeightStatistics statistics = Measure(values);
        Assert.Null(statistics.DistinctCount);
        double mean = values.Average(value => (double)value);
        Assert.Equal(mean, statistics.Mean!.Value, 1e-12);
        Assert.Equal(Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), statistics.StandardDeviation!.Value, 1e-11);
        Assert.Equal(statistics, Measure(values));
    }

    [Theory]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(65537)]
    public void Distinct_IsExactUpToItsBound(int different)
    {
        // Spread over several jobs, each of which sees all of them and none too many.
        float[] values = Enumerable.Range(0, 3 << 20).Select(i => (float)(i % different)).ToArray();
        Assert.Equal(different <= 65536 ? different : null, Measure(values).DistinctCount);
    }

    [Fact]
    public void Distinct_IsThatOfASet() => Gen.Select(Gen.Int[1, 300], Gen.Int[1, 400], Gen.ULong).Sample((different, count, seed) =>
    {
        var random = new Random((int)seed);
        float[] values = Enumerable.Range(0, count).Select(_ => (random.Next(different) - 5) * 0.37f).ToArray();
        var whole = new DistinctCounter(count);
        whole.Add(values);
        var first = new DistinctCounter(count);
        first.Add(values.AsSpan(0, count / 2));
        var second = new DistinctCounter(count);
        second.Add(values.AsSpan(count / 2));
        first.Add(second);
        int expected = values.Distinct().Count();
        Assert.Equal((expected, expected), (whole.Count, first.Count));
    });

    private static WeightStatistics Measure(float[] values)
    {
        var site = new WeightSite
        {
            ModelPath = string.Empty,
            Stage = string.Empty,
            Function = string.Empty,
            Name = "w",
            OpType = string.Empty,
            OpName = string.Empty,
            Consumers = [],
            Shape = [values.Length],
            ElementType = ElementType.Float32,
            Encoding = WeightEncoding.Plain,
            StorageType = ElementType.Float32,
            ElementCount = values.Length,
            ByteCount = values.Length * 4L,
            File = string.Empty,
            Offset = -1,
        };
        return WeightMeasurement.Run([new FoundWeight(site, () => new ArrayValues(values))], countsDistinct: true, default).Single().Statistics!;
    }
}
