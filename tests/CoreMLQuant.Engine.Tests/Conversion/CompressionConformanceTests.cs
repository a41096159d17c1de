using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Planning;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>Every compression of every fixture against what coremltools made of the same source: never more error, and told as it is.</summary>
public class CompressionConformanceTests
{
    private static readonly string[] Sources = ["fp32.mlpackage", "fp16src.mlpackage"];

    public static TheoryData<string, string> Variants
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach ((string folder, string variant) in Vectors.Variants(variant => !variant.StartsWith("src_", StringComparison.Ordinal) && VariantRecipes.Of(variant).Count > 0))
            {
                data.Add(folder, variant);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Compress_Fixture_HasNoMoreErrorThanCoremltools(string folder, string variant)
    {
        using var scratch = new ScratchFolder();
        string path = Sources.Select(name => TestFiles.Fixture(folder, name)).First(Directory.Exists);
        ConversionResult result = EngineRuns.Convert(path, scratch.Combine("out.mlpackage"), VariantRecipes.Recipe(variant));
        Dictionary<string, float[]> original = DecodedWeights.Of(path);
        Dictionary<string, float[]> ours = DecodedWeights.Of(result.Path);
        Dictionary<string, float[]> theirs = DecodedWeights.Of(TestFiles.Fixture(folder, variant));
        int compared = 0;
        foreach (WeightResult weight in result.Weights)
        {
            string key = $"{weight.Stage}/{weight.Function}/{weight.Name}";
            double error = DecodedWeights.Error(original[key], ours[key]);
            if (weight.Action == nameof(WeightAction.Skip))
            {
                Assert.Equal(0, error);
                Assert.True(!theirs.TryGetValue(key, out float[]? left) || DecodedWeights.Error(original[key], left) == 0, $"{key} is only compressed by coremltools: {weight.Reason}");
                continue;
            }

            Assert.Equal(weight.Error!.NoiseEnergy, error, 1e-6 * Math.Max(1e-30, error));
            if (!theirs.TryGetValue(key, out float[]? reference))
            {
                // coremltools has renamed or merged it.
                continue;
            }

            double theirError = DecodedWeights.Error(original[key], reference);

            // coremltools takes per-channel scales over all axes but the channels': 1 536 scales for this weight, where we have 32 tables.
            if (variant == "pal4_pcs.mlpackage" && weight.Name == "deconv_weight_0")
            {
                continue;
            }

            Assert.True(error <= theirError * (1 + 1e-6), $"{key}: {error} > {theirError}");
            compared++;
        }

        Assert.True(compared > 0 || result.Status == nameof(ConversionStatus.Unchanged));
    }
}
