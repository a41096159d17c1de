using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using CoreMLQuant.Models;
using Xunit;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>Small networks against the numbers that PyTorch gave for them.</summary>
public sealed class NetworkTests
{
    // What is left is FP32's own rounding, in another order of additions.
    private const double LeastSnr = 120;

    public static TheoryData<string> Programs => [.. Directory.EnumerateDirectories(RunFixtures.Unpack("nets"))
        .Where(folder => Directory.Exists(Path.Combine(folder, "model.mlpackage"))).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Translate_MLProgramNetwork_GivesNumbersOfPyTorch(string name) => CheckAgainstPyTorch(name, "model.mlpackage");

    /// <summary>Runs a network of the vectors and compares its outputs.</summary>
    internal static void CheckAgainstPyTorch(string name, string model)
    {
        string folder = Path.Combine(RunFixtures.Unpack("nets"), name);
        using ModelFile file = ModelFile.Open(Path.Combine(folder, model));
        OnnxTranslation translation = OnnxTranslator.Translate(file);
        using var session = new OnnxSession(translation);
        Dictionary<string, (long[] Shape, double[] Values)> results = session.Run(Arrays(Path.Combine(folder, "inputs.npz")));
        foreach ((string output, NpyArray expected) in Arrays(Path.Combine(folder, "outputs.npz")))
        {
            double[] actual = results[translation.Outputs.FirstOrDefault(feature => feature.Name == output)?.TensorName ?? output].Values;
            double snr = Snr(expected.Values, actual);
            Assert.True(snr >= LeastSnr, string.Format(CultureInfo.InvariantCulture, "{0}: '{1}' has {2:F1} dB.", name, output, snr));
        }
    }

    internal static double Snr(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double signal = expected.Sum(value => value * value), noise = expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum();
        return noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise);
    }

    private static Dictionary<string, NpyArray> Arrays(string path)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        return archive.Entries.ToDictionary(entry => Path.GetFileNameWithoutExtension(entry.Name), entry =>
        {
            using Stream stream = entry.Open();
            return NpyArray.Read(stream);
        });
    }
}
