using System;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tests.Mil;
using CoreMLQuant.Validation;
using Xunit;
using static CoreMLQuant.Tests.Conversion.CalibratedConversions;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>Compression that knows the inputs: what is written, and what the result says of it.</summary>
public class CalibratedCompressionTests
{
    public static TheoryData<string> Recipes => new("q8", "q4", "q4stored", "q4block", "q4affine", "prune50", "threshold", "ratio", "blocks", "prune50q8", "pal2", "pal4groups");

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Run_WithStatistics_TellsTheErrorThatTheOutputHas(string name)
    {
        using var scratch = new ScratchFolder();
        float[] before = Weights();
        string source = WeightPackage.Write(scratch, [Rows, Columns], ("w", before));
        ConversionResult calibrated = Convert(source, scratch.Combine("calibrated.mlpackage"), Recipe(name));
        ConversionResult rounded = Convert(source, scratch.Combine("rounded.mlpackage"), Recipe(name, CompressionMethod.RoundToNearest));
        WeightResult weight = Assert.Single(calibrated.Weights, weight => weight.Action == nameof(WeightAction.Convert));
        float[] after = DecodedWeights.Of(calibrated.Path)["/main/w"];

        double signal = 0, noise = 0;
        foreach (double[] x in Inputs)
        {
            for (int row = 0; row < Rows; row++)
            {
                double exact = 0, written = 0;
                for (int column = 0; column < Columns; column++)
                {
                    exact += before[(row * Columns) + column] * x[column];
                    written += after[(row * Columns) + column] * x[column];
                }

                signal += exact * exact;
                noise += (exact - written) * (exact - written);
            }
        }

        Assert.Equal(10 * Math.Log10(signal / noise), weight.LayerSnr!.Value, 0.01);
        Assert.Equal(DecodedWeights.Error(before, after), weight.Error!.NoiseEnergy, 1e-6 * weight.Error.NoiseEnergy);
        double gain = weight.LayerSnr.Value - rounded.Weights.Single(other => other.Name == "w").LayerSnr!.Value;
        Assert.True(gain > 1, $"{gain:F2} dB");
        Assert.Equal(rounded.After, calibrated.After);
        if (name is "prune50" or "threshold" or "ratio" or "blocks")
        {
            Assert.Equal(Zeros(rounded.Path), Zeros(calibrated.Path));
        }
    }

    [Fact]
    public void Run_WithoutStatistics_WritesTheSameBytesWhateverTheMethod()
    {
        using var scratch = new ScratchFolder();
        string source = WeightPackage.Write(scratch, [Rows, Columns], ("w", Weights()));
        foreach (string name in new[] { "q4", "prune50" })
        {
            EngineRuns.Convert(source, scratch.Combine(name + "a.mlpackage"), Recipe(name));
            EngineRuns.Convert(source, scratch.Combine(name + "b.mlpackage"), Recipe(name, CompressionMethod.RoundToNearest, biasCorrection: false));
            Assert.Equal(EngineRuns.Contents(scratch.Combine(name + "a.mlpackage")), EngineRuns.Contents(scratch.Combine(name + "b.mlpackage")));

            // Data without either step changes nothing, either.
            Convert(source, scratch.Combine(name + "c.mlpackage"), Recipe(name, CompressionMethod.RoundToNearest, biasCorrection: false));
            Assert.Equal(EngineRuns.Contents(scratch.Combine(name + "a.mlpackage")), EngineRuns.Contents(scratch.Combine(name + "c.mlpackage")));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_OnAnyNumberOfWorkers_WritesTheSameBytes(int workers)
    {
        using var scratch = new ScratchFolder();
        foreach (string name in new[] { "q4block", "prune50" })
        {
            string source = TestFiles.Fixture("convnet_iOS18", "fp16.mlpackage");
            using ModelFile model = ModelFile.Open(source);
            CompressionPlan plan = ModelCompressor.Plan(model, Recipe(name), SyntheticStatistics.Of(model));
            ModelCompressor.Run(model, plan, scratch.Combine("first.mlpackage"), new ConversionOptions { MaxDegreeOfParallelism = workers, Overwrite = true });
            ModelCompressor.Run(model, ModelCompressor.Plan(model, Recipe(name), SyntheticStatistics.Of(model)), scratch.Combine("second.mlpackage"), new ConversionOptions { Overwrite = true });
            Assert.Equal(EngineRuns.Contents(scratch.Combine("first.mlpackage")), EngineRuns.Contents(scratch.Combine("second.mlpackage")));
        }
    }

    // Of both legs, and of processors with vectors of any width.
    [Theory]
    [InlineData("q4block", "8CD912637D63491D")]
    [InlineData("prune50", "8D6DB884CF392E07")]
    public void Run_OnAnyMachine_WritesTheseBytes(string name, string hash)
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = Synthetic(TestFiles.Fixture("convnet_iOS18", "fp16.mlpackage"), scratch.Combine("out.mlpackage"), Recipe(name));
        byte[] weights = EngineRuns.Contents(result.Path).Single(file => file.Key.EndsWith("weight.bin", StringComparison.Ordinal)).Value;
        Assert.Equal(hash, System.Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(weights)).Substring(0, 16));
    }

    [Theory]
    [InlineData("convnet_iOS16", "q8")]
    [InlineData("convnet_iOS18", "q4block")]
    [InlineData("convnet_iOS18", "prune50")]
    [InlineData("convnet_iOS18", "ratio")]
    [InlineData("convnet_iOS18", "prune50q8")]
    [InlineData("convnet_iOS18", "pal4group")]
    [InlineData("convnet_iOS18", "pal4vector")]
    [InlineData("nn_cnn", "q8")]
    [InlineData("nn_cnn", "q4")]
    [InlineData("nn_cnn", "pal2")]
    public void Run_OnRealLayers_IsValidAndErrsNoMoreThanRounding(string model, string name)
    {
        foreach (string file in model == "nn_cnn" ? ["fp32.mlmodel"] : new[] { "fp32.mlpackage", "fp16.mlpackage" })
        {
            using var scratch = new ScratchFolder();
            string source = TestFiles.Fixture(model, file), extension = System.IO.Path.GetExtension(file);
            ConversionResult calibrated = Synthetic(source, scratch.Combine("calibrated" + extension), Recipe(name));
            ConversionResult rounded = Synthetic(source, scratch.Combine("rounded" + extension), Recipe(name, CompressionMethod.RoundToNearest));
            Assert.True(ModelValidator.Validate(calibrated.Path).IsValid);
            (WeightResult First, WeightResult Second)[] pairs = calibrated.Weights.Zip(rounded.Weights).Where(pair => pair.First.LayerSnr is not null).ToArray();
            Assert.NotEmpty(pairs);
            Assert.All(pairs, pair => Assert.True(pair.First.LayerSnr >= pair.Second.LayerSnr - 0.01, $"{pair.First.Name}: {pair.First.LayerSnr:F2} dB, rounded {pair.Second.LayerSnr:F2} dB"));
            Assert.Contains(pairs, pair => name.StartsWith("pal", StringComparison.Ordinal) || pair.First.LayerSnr > pair.Second.LayerSnr + 0.5);
        }
    }

    [Fact]
    public void Plan_WithoutGramMatrix_SaysThatNothingIsCompensated()
    {
        using var scratch = new ScratchFolder();
        string source = WeightPackage.Write(scratch, [Rows, Columns], ("w", Weights()));
        using ModelFile model = ModelFile.Open(source);
        WeightPlan plan = Assert.Single(ModelCompressor.Plan(model, Recipe("q4"), SyntheticStatistics.Of(model, hasGram: false)).Weights);
        Assert.Equal("its Gram matrix would be too large; its errors are not compensated", plan.Reason);
        plan = Assert.Single(ModelCompressor.Plan(model, Recipe("prune50"), new CalibrationStatistics(string.Empty, [], [], [])).Weights);
        Assert.Equal("calibration tells nothing of its inputs; its errors are not compensated", plan.Reason);
    }

    [Fact]
    public void Run_OfInputsThatAreAlwaysZero_SaysThatItRounds()
    {
        using var scratch = new ScratchFolder();
        string source = WeightPackage.Write(scratch, [Rows, Columns], ("w", Weights()));
        using ModelFile model = ModelFile.Open(source);
        LayerStatistics zeros = SyntheticStatistics.Of(Layer(model), [[new double[Columns]]]);
        ConversionResult result = ModelCompressor.Run(
            model, ModelCompressor.Plan(model, Recipe("q4"), new CalibrationStatistics(string.Empty, [], [zeros], [])), scratch.Combine("out.mlpackage"), new ConversionOptions());
        Assert.Equal("its inputs are all zero in the samples, or not finite; rounded to nearest", result.Weights.Single().Reason);
    }

    private static int Zeros(string path) => DecodedWeights.Of(path)["/main/w"].Count(value => value == 0);
}
