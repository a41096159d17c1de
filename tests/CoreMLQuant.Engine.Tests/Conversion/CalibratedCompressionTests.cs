using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using CoreMLQuant.Calibration;
using CoreMLQuant.Conversion;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tests.Mil;
using CoreMLQuant.Tests.NeuralNetworks;
using CoreMLQuant.Validation;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>Compression that knows the inputs: what is written, and what the result says of it.</summary>
public class CalibratedCompressionTests
{
    private const int Rows = 48;
    private const int Columns = 64;

    private static readonly double[][] Inputs = SyntheticStatistics.Inputs(1, 1, Columns, 400)[0];

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
    [InlineData("q4block", "BCAB60B1ABAA0D4E")]
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
    public void Run_WithABiasAndNoGramMatrix_CorrectsItAndSaysSo()
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("convnet_iOS18", "fp32.mlpackage");
        ConversionResult result = Synthetic(source, scratch.Combine("out.mlpackage"), Recipe("q4"), hasGram: false);
        Dictionary<string, float[]> before = DecodedWeights.Of(source), after = DecodedWeights.Of(result.Path);
        WeightResult[] corrected = result.Weights.Where(weight => weight.Reason.Contains("its values are corrected for the errors of")).ToArray();
        Assert.NotEmpty(corrected);
        Assert.All(corrected, weight => Assert.NotEqual(before["/main/" + weight.Name], after["/main/" + weight.Name]));

        result = Synthetic(source, scratch.Combine("without.mlpackage"), Recipe("q4", biasCorrection: false), hasGram: false);
        Assert.All(corrected, weight => Assert.Equal(before["/main/" + weight.Name], DecodedWeights.Of(result.Path)["/main/" + weight.Name]));
        Assert.DoesNotContain(result.Weights, weight => weight.Reason.Contains("corrected"));
    }

    [Theory]
    [InlineData("pal4vector", true)]
    [InlineData("prune50q8", false)]
    [InlineData("pal4group", false)]
    [InlineData("q4", false)]
    [InlineData("prune50", false)]
    public void Run_WithABiasAndAGramMatrix_CorrectsItWhereErrorsAreNotCompensated(string name, bool isCorrected)
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("convnet_iOS18", "fp32.mlpackage");
        ConversionResult with = Synthetic(source, scratch.Combine("with.mlpackage"), Recipe(name)), without = Synthetic(source, scratch.Combine("without.mlpackage"), Recipe(name, biasCorrection: false));
        Dictionary<string, float[]> before = DecodedWeights.Of(source), after = DecodedWeights.Of(with.Path);
        WeightResult[] corrected = with.Weights.Where(weight => weight.Reason.Contains("its values are corrected for the errors of")).ToArray();
        Assert.Equal(isCorrected, corrected.Length > 0);
        Assert.Equal(isCorrected, corrected.Any(weight => !before["/main/" + weight.Name].SequenceEqual(after["/main/" + weight.Name])));
        Dictionary<string, float[]> uncorrected = DecodedWeights.Of(without.Path);
        Assert.All(uncorrected, weight => Assert.True(weight.Value.SequenceEqual(after[weight.Key]) || corrected.Any(bias => weight.Key == "/main/" + bias.Name)));
        Assert.Equal(isCorrected, after.Count > uncorrected.Count);
        Assert.True(ModelValidator.Validate(with.Path).IsValid);

        // A step that nobody compensates is corrected by exactly what its errors are on the mean, in rows where that is at least half of their energy.
        using ModelFile model = ModelFile.Open(source);
        CalibrationStatistics statistics = SyntheticStatistics.Of(model);
        foreach (WeightResult bias in corrected)
        {
            WeightResult weight = with.Weights.Single(one => bias.Reason.EndsWith($"'{one.Name}'", StringComparison.Ordinal));
            LayerStatistics layer = statistics.Layers.Single(one => one.Weight.Name == weight.Name);
            double[] shifts = ExpectedShifts(layer, before["/main/" + weight.Name], after["/main/" + weight.Name]);
            float[] expected = before["/main/" + bias.Name].Select((value, row) => (float)(value + shifts[row])).ToArray();
            Assert.All(expected.Zip(after["/main/" + bias.Name]), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * Math.Max(1, Math.Abs(pair.First))));
        }
    }

    [Fact]
    public void Run_EvenTableOfALayerWithSteadyInputs_GivesItABias()
    {
        using var scratch = new ScratchFolder();
        var layer = NetworkModels.InnerProduct("fc", NetworkModels.Floats(Weights()));
        (layer.InnerProduct.InputChannels, layer.InnerProduct.OutputChannels) = (Columns, Rows);
        string source = NetworkModels.Write(scratch.Combine("in.mlmodel"), layer);
        foreach (PalettizationMode mode in new[] { PalettizationMode.Uniform, PalettizationMode.KMeans })
        {
            ConversionResult result = Synthetic(source, scratch.Combine(mode + ".mlmodel"), new PalettizationRecipe { BitWidth = 2, Mode = mode });
            using ModelFile model = ModelFile.Open(result.Path);
            NetworkLayer written = Assert.Single(NetworkLayers.All(NetworkLayers.Of(PipelineStages.Of(model.Specification).Single().Model)!));
            Assert.Equal(mode == PalettizationMode.Uniform, written.Message.InnerProduct.HasBias);
            Assert.True(ModelValidator.Validate(result.Path).IsValid);
        }
    }

    [Fact]
    public void Run_OfALayerWithoutBiasAndGramMatrix_GivesItOne()
    {
        using var scratch = new ScratchFolder();
        float[] weights = Weights();
        var layer = NetworkModels.InnerProduct("fc", NetworkModels.Floats(weights));
        (layer.InnerProduct.InputChannels, layer.InnerProduct.OutputChannels) = (Columns, Rows);
        string source = NetworkModels.Write(scratch.Combine("in.mlmodel"), layer);
        ConversionResult result = Synthetic(source, scratch.Combine("out.mlmodel"), Recipe("q4"), hasGram: false);
        using ModelFile model = ModelFile.Open(result.Path);
        NetworkLayer written = Assert.Single(NetworkLayers.All(NetworkLayers.Of(PipelineStages.Of(model.Specification).Single().Model)!));
        Assert.True(written.Message.InnerProduct.HasBias);
        Assert.Equal(Rows * sizeof(float), written.Message.InnerProduct.Bias.FloatValue.Length);
        Assert.Contains(MemoryMarshal.Cast<byte, float>(written.Message.InnerProduct.Bias.FloatValue.Span).ToArray(), value => value != 0);
        Assert.True(ModelValidator.Validate(result.Path).IsValid);
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

    public static TheoryData<string> Tables => new("pal2", "pal4group", "pal4vector", "pal4table8", "q8pal4", "prune50pal2");

    [Theory]
    [MemberData(nameof(Tables))]
    public void Run_TablesOfInputsThatDiffer_ErrLessAtTheOutput(string name)
    {
        using var scratch = new ScratchFolder();
        var random = new Random(8);
        double[][] inputs = Enumerable.Range(0, 400).Select(_ => Enumerable.Range(0, Columns).Select(column => (random.NextDouble() - 0.5) * Math.Exp(column / 12.0)).ToArray()).ToArray();

        // Values are the smaller, the more they count, as they are behind a normalization.
        float[] weights = Weights().Select((value, i) => value * (float)Math.Exp(i % Columns / -30.0)).ToArray();
        string source = WeightPackage.Write(scratch, [Rows, Columns], ("w", weights));
        ConversionResult[] results = new[] { true, false }.SelectMany(hasGram => new[] { CompressionMethod.Calibrated, CompressionMethod.RoundToNearest }.Select(method =>
        {
            using ModelFile model = ModelFile.Open(source);
            var statistics = new CalibrationStatistics(string.Empty, [], [SyntheticStatistics.Of(Layer(model), [inputs], hasGram)], []);
            return ModelCompressor.Run(model, ModelCompressor.Plan(model, Recipe(name, method), statistics), scratch.Combine($"{method}{hasGram}.mlpackage"), new ConversionOptions());
        })).ToArray();
        double[] noises = results.Select(result => OutputNoise(weights, DecodedWeights.Of(result.Path)["/main/w"])).ToArray();

        // Zeros err by themselves, whatever the table.
        double share = name.StartsWith("prune", StringComparison.Ordinal) ? 0.95 : 0.8;
        Assert.InRange(noises[0], 0, share * noises[1]);
        Assert.InRange(noises[2], 0, share * noises[3]);
        Assert.Contains("its values count by the second moments of their inputs", results[0].Weights.Single(weight => weight.Name == "w").Reason);
        Assert.DoesNotContain("second moments", results[1].Weights.Single(weight => weight.Name == "w").Reason);

        double OutputNoise(float[] before, float[] after) => inputs.Sum(x => Enumerable.Range(0, Rows).Sum(row =>
        {
            double noise = Enumerable.Range(0, Columns).Sum(column => (before[(row * Columns) + column] - after[(row * Columns) + column]) * x[column]);
            return noise * noise;
        }));
    }

    [Fact]
    public void Run_TableOfANetwork_ErrsLessAtTheOutput()
    {
        using var scratch = new ScratchFolder();
        float[] weights = Weights().Select((value, i) => value * (float)Math.Exp(i % Columns / -20.0)).ToArray();
        var layer = NetworkModels.InnerProduct("fc", NetworkModels.Floats(weights));
        (layer.InnerProduct.InputChannels, layer.InnerProduct.OutputChannels) = (Columns, Rows);
        string source = NetworkModels.Write(scratch.Combine("in.mlmodel"), layer);
        using ModelFile model = ModelFile.Open(source);
        double[][] inputs = Enumerable.Range(0, Columns).Select(seen => Enumerable.Range(0, Columns).Select(column => column == seen ? Math.Exp(column / 8.0) : 0).ToArray()).ToArray();
        LayerStatistics statistics = SyntheticStatistics.Of((WeightKey.Of(Assert.Single(model.GetWeights())), [Rows, Columns], [1, Columns], 0), [inputs]);
        double[] snr = new[] { CompressionMethod.Calibrated, CompressionMethod.RoundToNearest }.Select(method => ModelCompressor.Run(
            model,
            ModelCompressor.Plan(model, Recipe("pal2", method, biasCorrection: false), new CalibrationStatistics(string.Empty, [], [statistics], [])),
            scratch.Combine(method + ".mlmodel"),
            new ConversionOptions()).Weights.Single().LayerSnr!.Value).ToArray();
        Assert.InRange(snr[0] - snr[1], 1, 60);
    }

    private static CompressionRecipe Recipe(string name, CompressionMethod method = CompressionMethod.Calibrated, bool biasCorrection = true)
    {
        WeightRecipe[] plain = name switch
        {
            "prune50q8" => [Step("prune50"), Step("q8")],
            "prune50pal2" => [Step("prune50"), Step("pal2")],
            "q8pal4" => [Step("q8"), new PalettizationRecipe { BitWidth = 4 }],
            _ => [Step(name)],
        };
        WeightRecipe[] steps = plain.Select(step => step with { Method = method, BiasCorrection = biasCorrection }).ToArray();
        return steps.Length == 1 ? steps[0] : new OptimizationRecipe { Steps = steps.Select(step => new OptimizationStep { Global = step }).ToArray() };
    }

    private static WeightRecipe Step(string name) => name switch
    {
        "q8" => new LinearQuantizationRecipe(),
        "q4" => new LinearQuantizationRecipe { BitWidth = 4 },
        "q4stored" => new LinearQuantizationRecipe { BitWidth = 4, ActOrder = false },
        "q4block" => new LinearQuantizationRecipe { BitWidth = 4, Granularity = Granularity.PerBlock, BlockSize = [16], Fallback = BlockFallback.LargestDivisor },
        "q4affine" => new LinearQuantizationRecipe { BitWidth = 4, Mode = QuantizationMode.Affine },
        "pal2" => new PalettizationRecipe { BitWidth = 2 },
        "pal4group" => new PalettizationRecipe { BitWidth = 4, GroupSize = 16 },
        "pal4vector" => new PalettizationRecipe { BitWidth = 4, VectorSize = 2 },
        "pal4table8" => new PalettizationRecipe { BitWidth = 4, QuantizeLookupTable = true },
        "pal4groups" => new PalettizationRecipe { BitWidth = 4, GroupSize = 16, QuantizeLookupTable = true },
        "threshold" => new PruningRecipe { Threshold = 0.3, MinimumSparsity = 0 },
        "ratio" => new PruningRecipe { NonZeroRatio = new NonZeroRatio(2, 4) },
        "blocks" => new PruningRecipe { TargetSparsity = 0.5, BlockSize = 4 },
        _ => new PruningRecipe { TargetSparsity = 0.5 },
    };

    private static double[] ExpectedShifts(LayerStatistics layer, float[] before, float[] after)
    {
        int rows = (int)layer.Shape[0], columns = layer.Columns;
        double[] gram = layer.Gram!.Read();
        return Enumerable.Range(0, rows).Select(row =>
        {
            int group = row / (rows / layer.Groups);
            double[] errors = Enumerable.Range(0, columns).Select(column => (double)before[(row * columns) + column] - after[(row * columns) + column]).ToArray();
            double mean = Enumerable.Range(0, columns).Sum(i => errors[i] * layer.Means[(group * columns) + i]);
            double energy = Enumerable.Range(0, columns).Sum(i => Enumerable.Range(0, columns).Sum(j => errors[i] * errors[j] * gram[(((group * columns) + i) * columns) + j]));
            return mean * mean >= 0.5 * energy ? mean : 0;
        }).ToArray();
    }

    private static float[] Weights() => Tensors.Compensation.BrainSurgeon.Weights(21, Rows * Columns);

    private static ConversionResult Convert(string source, string destination, CompressionRecipe recipe)
    {
        using ModelFile model = ModelFile.Open(source);
        var statistics = new CalibrationStatistics(string.Empty, [], [SyntheticStatistics.Of(Layer(model), [Inputs])], []);
        return ModelCompressor.Run(model, ModelCompressor.Plan(model, recipe, statistics), destination, new ConversionOptions());
    }

    private static ConversionResult Synthetic(string source, string destination, CompressionRecipe recipe, bool hasGram = true)
    {
        using ModelFile model = ModelFile.Open(source);
        return ModelCompressor.Run(model, ModelCompressor.Plan(model, recipe, SyntheticStatistics.Of(model, hasGram)), destination, new ConversionOptions());
    }

    private static (WeightKey, IReadOnlyList<long>, long[], int) Layer(ModelFile model) =>
        (WeightKey.Of(model.GetWeights().Single(site => site.Name == "w")), [Rows, Columns], [1, Columns], 0);

    private static int Zeros(string path) => DecodedWeights.Of(path)["/main/w"].Count(value => value == 0);
}
