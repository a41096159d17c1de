using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Calibration.Collecting;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;

namespace CoreMLQuant.Runtime.Tests.Calibration;

/// <summary>What calibration gains at the output of a model for samples that took no part in it.</summary>
/// <param name="Plain">Signal-to-noise ratio of the output without samples, in dB.</param>
/// <param name="Calibrated">The same with samples.</param>
internal sealed record Gain(double Plain, double Calibrated)
{
    private const int Calibrating = 32, HeldOut = 16;

    /// <summary>Compresses a model that takes <c>x</c> and gives <c>y</c> with and without samples, and runs all three.</summary>
    /// <param name="path">The model.</param>
    /// <param name="folder">Takes the compressed ones.</param>
    /// <param name="recipe">How they are compressed.</param>
    public static Gain Of(string path, TestFolder folder, CompressionRecipe recipe)
    {
        using ModelFile file = ModelFile.Open(path);
        using CalibrationStatistics statistics = new Calibrator(Repository.Runtime, new RunSettings(), features => Samples(features).Take(Calibrating))
            .Calibrate(file, new CalibrationOptions { WithGram = true }).Statistics;
        float[][] expected = Outputs(path);
        return new Gain(Snr(expected, Outputs(Compressed("plain", null))), Snr(expected, Outputs(Compressed("calibrated", statistics))));

        string Compressed(string name, CalibrationStatistics? known)
        {
            using CompressionPlan plan = ModelCompressor.Plan(file, recipe, known);
            return ModelCompressor.Run(file, plan, folder[name + System.IO.Path.GetExtension(path)], new ConversionOptions()).Path!;
        }
    }

    /// <summary>Samples whose elements depend on each other and are not alike: sums of four waves, the fewer elements in front the louder.</summary>
    /// <param name="features">The model's features.</param>
    public static IEnumerable<RunSample> Samples(RunFeatures features)
    {
        var random = new Random(5);
        long[] shape = [.. features.Inputs.Single().Shape.Default];
        int count = (int)shape.Aggregate(1L, (product, size) => product * size);
        for (int number = 0; number < Calibrating + HeldOut; number++)
        {
            double[] loudness = [.. Enumerable.Range(0, 4).Select(_ => random.NextDouble() + 0.2)], phases = [.. loudness.Select(_ => 6 * random.NextDouble())];
            float[] values = [.. Enumerable.Range(0, count).Select(i => (float)(
                (loudness.Select((one, wave) => one * Math.Sin(phases[wave] + (i * (wave + 1) * 0.7))).Sum() + (0.1 * random.NextDouble())) / (1 + (i % 8))))];
            yield return new RunSample($"wave {number}", new Dictionary<string, object> { ["x"] = new MultiArray(values, shape) });
        }
    }

    private static float[][] Outputs(string path)
    {
        using IRunnableModel model = Repository.Runtime.Open(path, new RunSettings());
        return Samples(model.Features).Skip(Calibrating).Take(HeldOut).Select(sample => (float[])((MultiArray)model.Run(sample).Outputs["y"]!).Values).ToArray();
    }

    private static double Snr(float[][] expected, float[][] actual) => 10 * Math.Log10(
        expected.Sum(values => values.Sum(value => (double)value * value))
        / expected.Zip(actual, (one, other) => one.Zip(other, (x, y) => Math.Pow((double)x - y, 2)).Sum()).Sum());
}
