using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Xunit;
using Xunit.Abstractions;

namespace CoreMLQuant.Tests.NeuralNetworks;

/// <summary>
/// Every compression of every NeuralNetwork fixture against what coremltools made of the same source: the same integers, scales,
/// biases and tables, bit for bit; never more error where tables are searched.
/// </summary>
public class NetworkCompressionConformanceTests(ITestOutputHelper output)
{
    // Below this scale coremltools gives every value the same code.
    private const float CoremltoolsGuard = 1e-6f;

    public static TheoryData<string, string> Variants
    {
        get
        {
            // coremltools quantizes updatable layers, which Apple's validator refuses.
            var data = new TheoryData<string, string>();
            foreach ((string folder, string variant) in Vectors.Variants(variant => RecipeOf(variant) is not null).Where(found => found.Folder is not "nn_updatable"))
            {
                data.Add(folder, variant);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Compress_Fixture_HasCoremltoolsBits(string folder, string variant)
    {
        using var scratch = new ScratchFolder();
        WeightRecipe recipe = RecipeOf(variant)! with { IncludeBias = true, FoldBatchNorm = true, MinimumElementCount = 0 };
        ConversionResult result = EngineRuns.Convert(TestFiles.Fixture(folder, "fp32.mlmodel"), scratch.Combine("out.mlmodel"), recipe);
        using ModelFile ours = ModelFile.Open(result.Path);
        using ModelFile theirs = ModelFile.Open(TestFiles.Fixture(folder, variant));
        Dictionary<string, NetworkModels.Weight> mine = NetworkModels.Weights(ours), other = NetworkModels.Weights(theirs);
        Dictionary<string, float[]> mineDecoded = NetworkModels.Values(ours.Path), otherDecoded = NetworkModels.Values(theirs.Path);
        Dictionary<string, float[]> source = FloatsOf(folder, scratch);
        Assert.Equal(other.Keys.OrderBy(name => name, StringComparer.Ordinal), mine.Keys.OrderBy(name => name, StringComparer.Ordinal));
        int equal = 0;
        foreach ((string name, NetworkModels.Weight weight) in mine)
        {
            NetworkModels.Weight reference = other[name];
            if (weight.Stored.Encoding == WeightEncoding.Plain)
            {
                // Where the table takes more bytes than it saves, the floats stay.
                Assert.True(reference.Stored.Encoding == WeightEncoding.Plain || reference.Stored.ByteCount >= weight.Stored.ByteCount, name);
            }
            else if (recipe is PalettizationRecipe { Mode: PalettizationMode.KMeans })
            {
                double error = Error(source[name], mineDecoded[name]), theirError = Error(source[name], otherDecoded[name]);
                Assert.True(error <= theirError * (1 + 1e-6), $"{name}: {error} > {theirError}");
                equal++;
            }
            else if (Scales(theirs, reference).Any(scale => scale <= CoremltoolsGuard))
            {
                output.WriteLine($"{name}: guarded by coremltools");
                Assert.True(Error(source[name], mineDecoded[name]) <= Error(source[name], otherDecoded[name]), name);
            }
            else
            {
                Assert.Equal(Parts(theirs, reference), Parts(ours, weight));
                equal++;
            }
        }

        output.WriteLine($"{equal} of {mine.Count}");
        Assert.True(equal > 0);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Expand_Fixture_CompressesToTheSameBitsAgain(string folder, string variant)
    {
        if (RecipeOf(variant) is not LinearQuantizationRecipe { Mode: QuantizationMode.Affine } recipe)
        {
            return;
        }

        // Every code is one of the values' own levels: quantizing what was decoded finds the same codes.
        using var scratch = new ScratchFolder();
        string expanded = EngineRuns.Convert(TestFiles.Fixture(folder, variant), scratch.Combine("expanded.mlmodel"), new ExpansionRecipe()).Path;
        string again = EngineRuns.Convert(expanded, scratch.Combine("again.mlmodel"), recipe with { IncludeBias = true, MinimumElementCount = 0 }).Path;
        Dictionary<string, float[]> before = NetworkModels.Values(expanded), after = NetworkModels.Values(again);
        foreach ((string name, float[] values) in before)
        {
            float range = values.Max() - values.Min();
            Assert.All(values.Zip(after[name]), pair => Assert.Equal(pair.First, pair.Second, 1e-5f * Math.Max(range, 1e-20f)));
        }
    }

    private static WeightRecipe? RecipeOf(string variant) => Path.GetFileNameWithoutExtension(variant) switch
    {
        "linear_symmetric8" => new LinearQuantizationRecipe(),
        ['l', 'i', 'n', 'e', 'a', 'r', var bits] => new LinearQuantizationRecipe { BitWidth = bits - '0', Mode = QuantizationMode.Affine },
        ['l', 'i', 'n', 'e', 'a', 'r', '_', 'l', 'u', 't', var bits] => new PalettizationRecipe { BitWidth = bits - '0', Mode = PalettizationMode.Uniform },
        ['k', 'm', 'e', 'a', 'n', 's', '_', 'l', 'u', 't', var bits] => new PalettizationRecipe { BitWidth = bits - '0' },
        _ => null,
    };

    /// <summary>The source's values with normalizations folded.</summary>
    private static Dictionary<string, float[]> FloatsOf(string folder, ScratchFolder scratch)
    {
        var none = new LinearQuantizationRecipe { FoldBatchNorm = true, MinimumElementCount = long.MaxValue };
        return NetworkModels.Values(EngineRuns.Convert(TestFiles.Fixture(folder, "fp32.mlmodel"), scratch.Combine("folded.mlmodel"), none).Path);
    }

    private static float[] Scales(ModelFile file, NetworkModels.Weight weight) =>
        weight.Field.Params.Quantization?.LinearQuantization is { } linear ? NetworkModels.Unpacked(Bytes(file, linear.Scale)) : [];

    private static string[] Parts(ModelFile file, NetworkModels.Weight weight)
    {
        QuantizationParams quantization = weight.Field.Params.Quantization;
        ByteString[] parts = quantization.LinearQuantization is { } linear ? [linear.Scale, linear.Bias] : [quantization.LookupTableQuantization.FloatValue];
        return parts.Select(part => Convert.ToHexString(Bytes(file, part))).Prepend(Convert.ToHexString(weight.Bytes)).Prepend($"{weight.Site.Name} {quantization.NumberOfBits}").ToArray();
    }

    private static byte[] Bytes(ModelFile file, ByteString field) => file.Payloads.Resolve(field).ToArray();

    private static double Error(float[] source, float[] result) => source.Zip(result, (before, after) => ((double)before - after) * ((double)before - after)).Sum();
}
