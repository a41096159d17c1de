using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CoreMLQuant.Comparison;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using Xunit;

namespace CoreMLQuant.Tests.Comparison;

/// <summary>Everything that coremltools made of a model, against that model.</summary>
public class ComparisonConformanceTests
{
    // What the variants of a folder were made of, most specific first.
    private static readonly string[] Sources = ["src_fa", "src_fb", "fp32", "fp16src"];

    public static TheoryData<string, string, string> Variants
    {
        get
        {
            var variants = new TheoryData<string, string, string>();
            foreach ((string folder, string variant) in Vectors.Variants(_ => true))
            {
                string? source = Sources.Where(name => name.StartsWith("fp", StringComparison.Ordinal) || variant.StartsWith(name, StringComparison.Ordinal))
                    .Select(name => name + Path.GetExtension(variant))
                    .FirstOrDefault(name => Path.Exists(TestFiles.Fixture(folder, name)));
                if (source is not null && source != variant && variant is not ("src_a.mlpackage" or "src_b.mlpackage"))
                {
                    variants.Add(folder, source, variant);
                }
            }

            return variants;
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Compare_WithItsSource_PairsEveryWeightAndAgreesWithPlainArithmetic(string folder, string source, string variant)
    {
        using ModelFile reference = ModelFile.Open(TestFiles.Fixture(folder, source)), difference = ModelFile.Open(TestFiles.Fixture(folder, variant));
        ModelComparison comparison = ModelComparer.Compare(reference, difference);
        // coremltools folds normalizations when it quantizes a NeuralNetwork.
        string[] takers = comparison.OnlyInReference.Select(weight => Regex.Match(weight.Reason, "folded into '(.+)' for").Groups[1].Value).ToArray();
        Assert.Equal(folder.StartsWith("nn_cnn", StringComparison.Ordinal) && !variant.StartsWith("fp16", StringComparison.Ordinal), takers.Length > 0);
        Assert.DoesNotContain(string.Empty, takers);
        Assert.All(comparison.OnlyInReference, weight => Assert.True(weight.IsFolded));
        Assert.Empty(comparison.OnlyInDifference);
        Assert.Equal(
            difference.GetWeights().Select(weight => $"{weight.Name} {weight.EncodingName}").Order(),
            comparison.Weights.Select(weight => $"{weight.DifferenceName} {weight.DifferenceEncoding}").Order());

        Dictionary<string, float[]> before = PlainErrors.Values(reference), after = PlainErrors.Values(difference);
        WeightSite[] sites = difference.GetWeights().ToArray();
        foreach (WeightComparison weight in comparison.Weights)
        {
            if (!takers.Contains(weight.OpName))
            {
                string key = after.Keys.First(key => key.StartsWith(weight.DifferenceName + "|", StringComparison.Ordinal)
                    && (key.EndsWith("|" + weight.Function, StringComparison.Ordinal) || sites.Count(site => site.Name == weight.DifferenceName) == 1));
                PlainErrors.AssertSame(weight, before[$"{weight.Name}|{weight.Stage}|{weight.Function}"], after[key]);
            }

            // With four bits and more it is more like its source than any other weight is, and than one folded in another way.
            Assert.True(weight.Cosine is null or > 0.9 || Regex.IsMatch(weight.DifferenceEncoding, "[123]-bit|Sparse"), weight.ToString());
        }
    }

    [Theory]
    [InlineData("convnet_iOS18", "fp32.mlpackage")]
    [InlineData("nn_rnns", "kmeans_lut4.mlmodel")]
    [InlineData("nn_pipeline_classifier", "fp16.mlmodel")]
    [InlineData("multifunction_iOS18", "q8sym_merged.mlpackage")]
    public void Compare_WithItself_FindsNothing(string folder, string variant)
    {
        using ModelFile one = ModelFile.Open(TestFiles.Fixture(folder, variant)), other = ModelFile.Open(TestFiles.Fixture(folder, variant));
        ModelComparison comparison = ModelComparer.Compare(one, other);
        Assert.Equal(one.GetWeights().Select(weight => weight.Name), comparison.Weights.Select(weight => weight.Name));
        Assert.All(comparison.Weights, weight =>
        {
            Assert.Equal((weight.Name, nameof(WeightPairing.Name)), (weight.DifferenceName, weight.PairedBy));
            Assert.Equal((double.PositiveInfinity, double.PositiveInfinity, 0, 0), (weight.Snr, weight.Psnr, weight.RelativeL2, weight.MaxError));
            Assert.True(weight.Cosine is null or 1);
        });
        Assert.Empty(comparison.Differences);
        Assert.Empty(comparison.Operations);
        Assert.Empty(comparison.OnlyInReference);
        Assert.Empty(comparison.OnlyInDifference);
        Assert.Equal((1, double.PositiveInfinity, (string?)null), (comparison.Ratio, comparison.Snr, comparison.WorstWeight));
        Assert.All(comparison.Encodings, size => Assert.Equal((size.ReferenceSize, size.ReferenceCount), (size.DifferenceSize, size.DifferenceCount)));
        Assert.Equal(one.Describe().WeightSize, comparison.Encodings.Sum(size => size.ReferenceSize));
    }
}
