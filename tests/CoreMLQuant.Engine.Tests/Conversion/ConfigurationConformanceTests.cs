using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Elements;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Recipes.Files;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>
/// The configurations that coremltools' own tests compress with, as they write them: the same weights are compressed, FP32 integers and
/// scales are equal bit for bit, and nothing else is further from the source than coremltools' result.
/// </summary>
public class ConfigurationConformanceTests
{
    private static readonly string Archive = TestFiles.Fixture("coremltools_configurations", "configurations.zip");

    // coremltools computes in FP16 what is stored in FP16, and clusters by chance.
    private const double Float16Allowance = 1.0005;
    private const double Float32Allowance = 1 + 1e-6;

    // What coremltools compresses and is left here: docs/RECIPES.md, "Weights that are skipped".
    private static readonly string[] Rules = ["would take ", "is an output"];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string[] row in FixtureArchive.Text(Archive, "INDEX.tsv").Split('\n').Skip(1).Where(line => line.Length > 0).Select(line => line.TrimEnd('\r').Split('\t')))
            {
                data.Add(row[0], row[1]);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Optimize_ConfigurationOfCoremltools_IsNeverFurtherFromTheSource(string name, string kind)
    {
        using var scratch = new ScratchFolder();
        string folder = FixtureArchive.Extract(Archive, name, scratch), source = Path.Combine(folder, "source.mlpackage");
        OptimizationRecipe recipe = RecipeFile.Read(Path.Combine(folder, "recipe.json"), new RecipeDefaults { AllowOpsetUpgrade = true });
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), recipe);

        Dictionary<string, float[]> original = DecodedWeights.Of(source), ours = DecodedWeights.Of(result.Path), theirs = DecodedWeights.Of(Path.Combine(folder, "coremltools.mlpackage"));
        using ModelFile model = ModelFile.Open(source);
        int compared = 0;
        foreach (WeightSite site in model.GetWeights())
        {
            string key = $"{site.Stage}/{site.Function}/{site.Name}";
            if (!theirs.TryGetValue(key, out float[]? reference))
            {
                continue;
            }

            WeightResult weight = result.Weights.Single(weight => weight.Name == site.Name && weight.Function == site.Function);
            double error = DecodedWeights.Error(original[key], ours[key]), theirError = DecodedWeights.Error(original[key], reference);
            string what = $"{key} {site.ElementType} [{string.Join(",", site.Shape)}] {weight.EncodingAfter} ({weight.Reason})";
            compared++;
            if (weight.Action == nameof(WeightAction.Skip))
            {
                Assert.True(theirError == 0 || Rules.Any(weight.Reason.StartsWith), $"{what}: only coremltools compresses it, with an error of {theirError}");
                continue;
            }

            if (kind == "quantize" && site.ElementType == ElementType.Float32)
            {
                Assert.True(ours[key].AsSpan().SequenceEqual(reference), $"{what}: not bit-equal");
            }

            Assert.True(error <= theirError * (site.ElementType == ElementType.Float16 ? Float16Allowance : Float32Allowance), $"{what}: {error} > {theirError}");
        }

        Assert.NotEqual(0, compared);
    }
}
