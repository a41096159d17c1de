using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
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

    [Theory]
    [InlineData("nn_cnn/kmeans_lut4.mlmodel")]
    [InlineData("nn_cnn/linear3.mlmodel")]
    [InlineData("nn_cnn/linear_symmetric8.mlmodel")]
    [InlineData("nn_cnn/fp16.mlmodel")]
    [InlineData("nn_rnns/linear8.mlmodel")]
    [InlineData("nn_embeds/linear5.mlmodel")]
    [InlineData("nn_control/linear8.mlmodel")]
    public void Translate_CompressedAndExpanded_GiveTheSameBits(string variant)
    {
        string expanded = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".mlmodel");
        try
        {
            string source = Path.Combine(RunFixtures.Fixtures, variant);
            using (ModelFile file = ModelFile.Open(source))
            {
                CompressionPlan plan = ModelCompressor.Plan(file, new ExpansionRecipe { Precision = ExpansionPrecision.Float32 });
                ModelCompressor.Run(file, plan, expanded, new ConversionOptions());
            }

            Assert.Equal(Run(source), Run(expanded));
        }
        finally
        {
            File.Delete(expanded);
        }
    }

    private static double[] Run(string path)
    {
        using ModelFile file = ModelFile.Open(path);
        OnnxTranslation translation = OnnxTranslator.Translate(file);
        using var session = new OnnxSession(translation);
        Dictionary<string, (long[] Shape, double[] Values)> results = session.Run(
            translation.Inputs.ToDictionary(input => input.Name, FixtureTests.Sample, StringComparer.Ordinal));
        return translation.Outputs.SelectMany(output => results[output.TensorName].Values).ToArray();
    }
}
