using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using Xunit;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>Every variant of every ML Program that coremltools made for the fixtures, plain or compressed: it translates, loads and gives finite numbers.</summary>
public sealed class FixtureTests
{
    public static TheoryData<string> Packages => [.. Directory.EnumerateDirectories(RunFixtures.Fixtures, "*.mlpackage", SearchOption.AllDirectories)
        .Where(path => File.Exists(Path.Combine(Path.GetDirectoryName(path)!, "vectors.json")) && IsProgram(path)).Select(path => Path.GetRelativePath(RunFixtures.Fixtures, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Packages))]
    public void Translate_FixtureVariant_RunsInSession(string package)
    {
        using ModelFile file = ModelFile.Open(Path.Combine(RunFixtures.Fixtures, package));
        foreach (string? function in file.Specification.Description.Functions.Select(function => (string?)function.Name).DefaultIfEmpty(null))
        {
            OnnxTranslation translation = OnnxTranslator.Translate(file, new TranslationOptions { Function = function });
            using var session = new OnnxSession(translation);
            Dictionary<string, (long[] Shape, double[] Values)> results = session.Run(
                translation.Inputs.ToDictionary(input => input.Name, Sample, StringComparer.Ordinal));

            Assert.All(translation.Outputs, output => Assert.All(results[output.TensorName].Values, value => Assert.True(double.IsFinite(value))));
        }
    }

    private static bool IsProgram(string path)
    {
        using ModelFile file = ModelFile.Open(path);
        return file.Specification.TypeCase == Model.TypeOneofCase.MlProgram;
    }

    // Small whole numbers are legal as indices and as values alike.
    internal static NpyArray Sample(OnnxFeature feature)
    {
        long[] shape = feature.Shape.Select(dimension => dimension.Size > 0 ? dimension.Size : Math.Max(dimension.LowerBound, 1)).ToArray();
        double[] values = Enumerable.Range(0, (int)shape.Aggregate(1L, (product, size) => product * size)).Select(i => i % 2 == 0 ? 0.0 : 1).ToArray();
        return new NpyArray("f4", shape, values);
    }
}
