using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tests.Mil;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>Two steps in one are never further from the source than coremltools' way of doing them: docs/RECIPES.md has the rule for the exceptions.</summary>
public class JointReferenceTests
{
    private const double Allowance = 1.0005;
    private const int Channels = 16, Length = 96, Seeds = 3;

    public static TheoryData<string, int, double> Joints
    {
        get
        {
            var data = new TheoryData<string, int, double>();
            foreach (double sparsity in new[] { 0.3, 0.75 })
            {
                foreach (int bits in new[] { 4, 8 })
                {
                    data.Add("symmetric", bits, sparsity);
                    data.Add("affine", bits, sparsity);
                }

                foreach (int bits in new[] { 1, 2, 3, 4, 6 })
                {
                    data.Add("palette", bits, sparsity);
                }
            }

            foreach (int bits in new[] { 4, 6, 8 })
            {
                data.Add("quantized table", bits, 0);
            }

            data.Add("palette of integers", 4, 0);
            data.Add("palette of integers", 6, 0);

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Joints))]
    public void Compress_InTwoSteps_IsNoFurtherFromTheSourceThanTheReference(string second, int bits, double sparsity)
    {
        using var scratch = new ScratchFolder();
        (string Name, float[] Values)[] weights = Enumerable.Range(0, Seeds).Select(seed => ($"w{seed}", Random(seed))).ToArray();
        string source = WeightPackage.Write(scratch, [Channels, Length], weights);
        WeightRecipe[] steps = second switch
        {
            "quantized table" => [Palette(bits), new LinearQuantizationRecipe { MinimumElementCount = 0, Granularity = Granularity.PerTensor }],
            "palette of integers" => [new LinearQuantizationRecipe { MinimumElementCount = 0 }, Palette(bits)],
            "palette" => [Pruned(sparsity), Palette(bits)],
            _ => [Pruned(sparsity), new LinearQuantizationRecipe { MinimumElementCount = 0, BitWidth = bits, Mode = second == "affine" ? QuantizationMode.Affine : QuantizationMode.Symmetric }],
        };
        ConversionResult result = EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), new OptimizationRecipe { Steps = steps.Select(step => new OptimizationStep { Global = step }).ToArray() });
        Dictionary<string, float[]> ours = DecodedWeights.Of(result.Path);
        Assert.All(result.Weights, weight => Assert.StartsWith("Joint ", weight.EncodingAfter));
        var worse = new List<string>();
        foreach ((string name, float[] values) in weights)
        {
            float[] pruned = sparsity > 0 ? JointReference.Prune(values, (int)(sparsity * values.Length)) : values;
            float[] theirs = second switch
            {
                "quantized table" => JointReference.Palettize(values, bits, isSparse: false, quantizesTable: true),
                "palette of integers" => JointReference.PalettizeIntegers(values, Channels, bits),
                "palette" => JointReference.Palettize(pruned, bits, isSparse: true, quantizesTable: false),
                _ => JointReference.Quantize(pruned, Channels, bits, second == "symmetric"),
            };
            double error = DecodedWeights.Error(values, ours["/main/" + name]), reference = DecodedWeights.Error(values, theirs);
            if (error > reference * Allowance)
            {
                worse.Add($"{name}: {error / reference:F5} of the reference's error; {result.Weights.Single(weight => weight.Name == name).EncodingAfter}");
            }
        }

        Assert.Empty(worse);
    }

    private static PruningRecipe Pruned(double sparsity) => new() { MinimumElementCount = 0, TargetSparsity = sparsity };

    private static PalettizationRecipe Palette(int bits) => new() { MinimumElementCount = 0, BitWidth = bits };

    // Bells, boxes and long tails, of different width in each channel.
    private static float[] Random(int seed)
    {
        var random = new Random(seed);
        double[] widths = Enumerable.Range(0, Channels).Select(_ => Math.Pow(10, random.NextDouble() - 0.5)).ToArray();
        return Enumerable.Range(0, Channels * Length).Select(i =>
        {
            double bell = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            return (float)(widths[i / Length] * (seed % 3) switch { 0 => bell, 1 => (2 * random.NextDouble()) - 1, _ => bell * bell * bell });
        }).ToArray();
    }
}
