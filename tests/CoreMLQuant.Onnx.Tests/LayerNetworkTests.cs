using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Models;
using Xunit;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>Whole NeuralNetworks: against PyTorch's numbers, and every variant of the fixtures.</summary>
public sealed class LayerNetworkTests
{
    public static TheoryData<string> Networks => [.. Directory.EnumerateDirectories(RunFixtures.Unpack("nets"))
        .Where(folder => File.Exists(Path.Combine(folder, "model.mlmodel"))).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Variants => [.. Directory.EnumerateFiles(RunFixtures.Fixtures, "*.mlmodel", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(RunFixtures.Fixtures, path).Replace('\\', '/'))
        .Where(path => path.StartsWith("nn_", StringComparison.Ordinal) && !path.StartsWith("nn_pipeline", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Translate_Network_GivesNumbersOfPyTorch(string name) => NetworkTests.CheckAgainstPyTorch(name, "model.mlmodel");

    [Theory]
    [MemberData(nameof(Variants))]
    public void Translate_FixtureVariant_RunsInSession(string variant)
    {
        using ModelFile file = ModelFile.Open(Path.Combine(RunFixtures.Fixtures, variant));
        OnnxTranslation translation = OnnxTranslator.Translate(file);
        using var session = new OnnxSession(translation);
        Dictionary<string, (long[] Shape, double[] Values)> results = session.Run(
            translation.Inputs.ToDictionary(input => input.Name, FixtureTests.Sample, StringComparer.Ordinal));

        Assert.All(translation.Outputs, output => Assert.All(results[output.TensorName].Values, value => Assert.True(double.IsFinite(value))));
    }
}
