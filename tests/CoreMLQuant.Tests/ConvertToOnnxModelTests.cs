using System.IO;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class ConvertToOnnxModelTests : ModuleTest
{
    [Theory]
    [InlineData("convnet_iOS16/fp32.mlpackage")]
    [InlineData("convnet_iOS16/pal4_kmeans.mlpackage")]
    public void Convert_WritesAFileWithTheWeightsInside(string fixture)
    {
        string model = Folder.Add(fixture, "net.mlpackage");
        dynamic conversion = Run("ConvertTo-OnnxModel $args[0] -DestinationPath $args[1]", model, Folder["out"]).Clean()[0].BaseObject;
        Assert.Equal(Folder["out/net.onnx"], (string)conversion.Path);
        Assert.Equal(new FileInfo((string)conversion.Path).Length, (long)conversion.Size);
        Assert.True((long)conversion.Size > (long)((dynamic)Run("Get-CoreMLModel $args[0]", model).Clean()[0].BaseObject).ParameterCount * 4);
        Assert.Equal([Folder["out/net.onnx"]], Directory.GetFileSystemEntries(Folder["out"]));
    }

    [Fact]
    public void Convert_ObeysWhatEveryWriterDoes()
    {
        string model = Folder.Add("convnet_iOS16/fp32.mlpackage", "net.mlpackage");
        Run("ConvertTo-OnnxModel $args[0] -WhatIf", model).Clean();
        Assert.False(File.Exists(Folder["net.onnx"]));
        Run("ConvertTo-OnnxModel $args[0] -Opset 18", model).Clean();
        Assert.True(File.Exists(Folder["net.onnx"]));
        Assert.Equal(["DestinationExists"], Run("ConvertTo-OnnxModel $args[0]", model).ErrorIds);
        Run("ConvertTo-OnnxModel $args[0] -Force", model).Clean();
    }

    [Theory]
    [InlineData("convnet_iOS16/fp32.mlpackage")]
    [InlineData("convnet_iOS16/pal4_kmeans.mlpackage")]
    [InlineData("image_classifier_str/fp16.mlpackage")]
    public void Convert_Verify_RunsTheFile_AndItComputesTheSame(string fixture)
    {
        string model = Folder.Add(fixture, "net.mlpackage");
        dynamic conversion = Run("ConvertTo-OnnxModel $args[0] -Verify", model).Clean()[0].BaseObject;
        Assert.True((double)conversion.Snr > 120);
    }

    [Theory]
    [InlineData("convnet_iOS16/q8lin.mlpackage", 0)]
    [InlineData("convnet_iOS16/pal4_kmeans.mlpackage", 1)]
    [InlineData("convnet_iOS18/q4sym_block32.mlpackage", 1)]
    public void Convert_KeepCompressed_VerifiesAndTellsWhichOpsetItNeeds(string fixture, int warnings)
    {
        string model = Folder.Add(fixture, "net.mlpackage");
        var run = Run("ConvertTo-OnnxModel $args[0] -KeepCompressed -Opset 18 -Verify", model);
        Assert.Equal(warnings, run.Warnings.Count);
        Assert.All(run.Warnings, warning => Assert.Contains("opset 21", warning));
        dynamic conversion = Assert.Single(run.Output).BaseObject;
        Assert.True((double)conversion.Snr > 100);
        Assert.Equal(warnings == 0 ? 18 : 21, (int)conversion.Opset);
    }

    [Fact]
    public void Convert_WhatHasNoTranslation_IsAnErrorThatNamesIt()
    {
        string model = Folder.AddText("net.mlmodel", "no model");
        Assert.Equal(["NotAModel"], Run("ConvertTo-OnnxModel $args[0]", model).ErrorIds);
    }
}
