using System.IO;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Elements;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using Xunit;

namespace CoreMLQuant.Tests.NeuralNetworks;

/// <summary>Published NeuralNetworks. They are no part of the repository; where they do not lie beside it, there is nothing to test.</summary>
public class RealNetworkTests
{
    private static string Model(string name) => Path.Combine(TestFiles.Root, "..", "shared", "models", name);

    [Fact]
    public void Convert_CharacterEncoder_IsCoremltoolsFileByteForByte()
    {
        if (!File.Exists(Model("Es2EnCharEncoder.mlmodel")))
        {
            return;
        }

        using var scratch = new ScratchFolder();
        string path = EngineRuns.Convert(Model("Es2EnCharEncoder.mlmodel"), scratch.Combine("out.mlmodel"), new Float16Recipe()).Path;
        Assert.Equal(File.ReadAllBytes(Model("Es2EnCharEncoder_reference_fp16.mlmodel")), File.ReadAllBytes(path));
    }

    [Fact]
    public void Convert_ClassifierBehindVisionFeaturePrint_ConvertsTheClassifier()
    {
        if (!File.Exists(Model("HealthySnacks.mlmodel")))
        {
            return;
        }

        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(Model("HealthySnacks.mlmodel"), scratch.Combine("out.mlmodel"), new Float16Recipe());
        Assert.Equal(nameof(ConversionStatus.Converted), result.Status);
        Assert.All(result.Weights, weight => Assert.Equal(nameof(WeightAction.Convert), weight.Action));
        Assert.Contains(result.Notes, note => note.Contains("no tensors", System.StringComparison.Ordinal));
        Assert.True(result.After < result.Before);
        using ModelFile file = ModelFile.Open(result.Path);
        Assert.All(file.GetWeights(), weight => Assert.Equal(ElementType.Float16, weight.ElementType));
    }

    [Fact]
    public void Convert_PalettizedClassifier_LeavesItsTables()
    {
        if (!File.Exists(Model("SqueezeNetInt8LUT.mlmodel")))
        {
            return;
        }

        using var scratch = new ScratchFolder();
        using ModelFile file = ModelFile.Open(Model("SqueezeNetInt8LUT.mlmodel"));
        Assert.Contains(file.GetWeights(), weight => weight is { Encoding: WeightEncoding.Palettized, StorageType: ElementType.UInt8 });
        ConversionResult result = EngineRuns.Convert(Model("SqueezeNetInt8LUT.mlmodel"), scratch.Combine("out.mlmodel"), new Float16Recipe());
        Assert.All(result.Weights.Where(weight => weight.EncodingBefore == "Palettized 8-bit"), weight => Assert.Equal("is already compressed", weight.Reason));
        Assert.DoesNotContain(result.Weights, weight => weight.EncodingAfter == "Float32");
    }

    [Fact]
    public void Expand_PalettizedClassifier_CompressesToTheSameTablesAgain()
    {
        if (!File.Exists(Model("SqueezeNetInt8LUT.mlmodel")))
        {
            return;
        }

        using var scratch = new ScratchFolder();
        string expanded = EngineRuns.Convert(Model("SqueezeNetInt8LUT.mlmodel"), scratch.Combine("expanded.mlmodel"), new ExpansionRecipe()).Path;
        ConversionResult again = EngineRuns.Convert(expanded, scratch.Combine("again.mlmodel"), new PalettizationRecipe { Mode = PalettizationMode.Unique });
        Assert.True(again.Converted > 20);
        Assert.Equal(double.PositiveInfinity, again.MinSnr);
        Assert.Equal(NetworkModels.Values(expanded), NetworkModels.Values(again.Path));
        ConversionResult smaller = EngineRuns.Convert(Model("SqueezeNetInt8LUT.mlmodel"), scratch.Combine("smaller.mlmodel"), new PalettizationRecipe { BitWidth = 4 });
        Assert.True(smaller.After < 0.6 * smaller.Before);
    }

    [Fact]
    public void Quantize_ClassifierBehindVisionFeaturePrint_LeavesTheFeaturePrint()
    {
        if (!File.Exists(Model("HealthySnacks.mlmodel")))
        {
            return;
        }

        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(Model("HealthySnacks.mlmodel"), scratch.Combine("out.mlmodel"), new LinearQuantizationRecipe { MinimumElementCount = 0 });
        Assert.Contains(result.Weights, weight => weight.EncodingAfter == "Linear 8-bit");
        using ModelFile before = ModelFile.Open(Model("HealthySnacks.mlmodel")), after = ModelFile.Open(result.Path);
        PipelineStage[] Prints(ModelFile file) => PipelineStages.Of(file.Specification).Where(stage => NeuralNetworkOf(stage) is null).ToArray();
        Assert.NotEmpty(Prints(before));
        Assert.Equal(Prints(before).Select(stage => stage.Model), Prints(after).Select(stage => stage.Model));
    }

    private static object? NeuralNetworkOf(PipelineStage stage) => CoreMLQuant.NeuralNetworks.NetworkLayers.Of(stage.Model);
}
