using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>Every cmdlet takes a compiled model, and what is written is a package.</summary>
public sealed class CompiledModelTests : ModuleTest
{
    private string Classifier => Folder.Add("compiled/classifier.mlmodelc", "classifier.mlmodelc");

    private string Package => Folder.Add("image_classifier_str/fp16.mlpackage", "package.mlpackage");

    [Fact]
    public void Get_DescribesIt()
    {
        CommandRun run = Run("Get-CoreMLModel $args[0]", Classifier);
        Assert.Equal(["True"], run.Values("IsCompiled"));
        Assert.Equal(["False"], run.Values("IsPackage"));
        Assert.Equal(["MLProgram"], run.Values("Format"));
        Assert.Equal(Run("Get-CoreMLModel $args[0] | ForEach-Object Outputs", Package).Values("Name"), Run("(Get-CoreMLModel $args[0]).Outputs", Folder["classifier.mlmodelc"]).Values("Name"));
    }

    [Fact]
    public void Get_Folder_FindsItOnce()
    {
        string model = Classifier;
        Folder.Add("compiled/pipeline.mlmodelc", "sub/pipeline.mlmodelc");
        Assert.Equal([model, Folder["sub/pipeline.mlmodelc"]], Run("Get-CoreMLModel $args[0] -Recurse", Folder.Root).Values("Path"));
        Assert.Equal([model], Run("Get-ChildItem $args[0] -Filter *.mlmodelc | Get-CoreMLModel", Folder.Root).Values("Path"));
        Assert.Equal([model], Run("Get-CoreMLModel $args[0]", Folder["classifier.mlmodelc/weights"]).Values("Path"));
    }

    [Fact]
    public void Palettize_InOnePipeline_WritesAPackageOf4BitsBesideIt()
    {
        string model = Classifier, before = Workspace.Hash(model);
        CommandRun run = Run("ConvertTo-PalettizedModel $args[0] -BitWidth 4 -MinimumElementCount 0 -WarningAction Ignore", model);
        Assert.Equal([Folder["classifier_pal4.mlpackage"]], run.Values("Path"));
        Assert.Equal(["Palettized 4-bit"], Run("Get-CoreMLModel $args[0]", Folder["classifier_pal4.mlpackage"]).Values("Compression"));
        Assert.Equal(["True"], Run("Test-CoreMLModel $args[0]", Folder["classifier_pal4.mlpackage"]).Clean().Select(value => value.ToString()));
        Assert.Equal(before, Workspace.Hash(model));
    }

    [Theory]
    [InlineData("compiled/classifier.mlmodelc", "image_classifier_str/fp16.mlpackage")]
    [InlineData("compiled/pipeline.mlmodelc", "pipeline_mlprogram/pal4_kmeans_stages.mlpackage")]
    public void Compare_WithItsPackage_IsExact(string compiled, string package)
    {
        string model = Folder.Add(compiled, "a.mlmodelc"), original = Folder.Add(package, "b.mlpackage");
        dynamic comparison = Run("Compare-CoreMLModel $args[0] $args[1] -RandomInput", original, model).Clean().Single().BaseObject;
        Assert.Equal(double.PositiveInfinity, (double)comparison.MinSnr);
        Assert.NotEmpty(comparison.Outputs);
        foreach (dynamic output in comparison.Outputs)
        {
            // A label has no error.
            Assert.Equal(0.0, (double?)output.MaxError ?? 0.0);
        }
    }

    [Fact]
    public void Test_Invoke_Onnx_Report_TakeIt()
    {
        string model = Classifier;
        Assert.Equal(["True"], Run("Test-CoreMLModel $args[0]", model).Clean().Select(value => value.ToString()));
        Assert.Single(Run("Invoke-CoreMLModel $args[0] -RandomInput", model).Clean());
        dynamic onnx = Run("ConvertTo-OnnxModel $args[0] -Verify", model).Clean().Single().BaseObject;
        Assert.Equal(Folder["classifier.onnx"], (string)onnx.Path);
        Assert.True((double)onnx.Snr > 120);
        Run("Export-CoreMLReport $args[0]", model).Clean();
        Assert.True(File.Exists(Folder["classifier_report.html"]));
        Assert.All(Run("Get-CoreMLWeight $args[0] -MinimumElementCount 100", model).Values("File"), file => Assert.Equal("weights/weight.bin", file));
    }

    [Fact]
    public void Package_CopiesTheWeightFile_AndObeysWhatEveryWriterDoes()
    {
        string model = Classifier;
        Run("ConvertTo-CoreMLPackage $args[0] -WhatIf", model).Clean();
        Assert.False(Directory.Exists(Folder["classifier.mlpackage"]));
        Assert.Equal([Folder["classifier.mlpackage"]], Run("ConvertTo-CoreMLPackage $args[0]", model).Values("Path"));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(model, "weights", "weight.bin")),
            File.ReadAllBytes(Folder["classifier.mlpackage/Data/com.apple.CoreML/weights/weight.bin"]));
        Assert.Equal(["DestinationExists"], Run("ConvertTo-CoreMLPackage $args[0]", model).ErrorIds);
        string first = Workspace.Hash(Folder["classifier.mlpackage"]);
        Run("ConvertTo-CoreMLPackage $args[0] -Force", model).Clean();
        Assert.Equal(first, Workspace.Hash(Folder["classifier.mlpackage"]));
        Assert.Equal("InvalidDestination", CommandRun.Id(Run("ConvertTo-CoreMLPackage $args[0] -DestinationPath $args[1]", model, Folder["new.mlmodelc"]).Terminating!));
        Assert.Equal(["DestinationExtensionMismatch"], Run("ConvertTo-CoreMLPackage $args[0] -DestinationPath $args[1]", model, Folder["new.mlmodel"]).ErrorIds);
    }

    [Fact]
    public void Package_OfAFileAndOfAPackage()
    {
        string file = Folder.Add(Workspace.Network, "net.mlmodel");
        Assert.Equal([Folder["net.mlpackage"]], Run("ConvertTo-CoreMLPackage $args[0]", file).Values("Path"));
        Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Folder["net.mlpackage/Data/com.apple.CoreML/model.mlmodel"]));
        Assert.Equal(["Unchanged"], Run("ConvertTo-CoreMLPackage $args[0]", Folder["net.mlpackage"]).Values("Status"));
    }

    [Fact]
    public void Package_ThatReplacesNothing_IsNoMoreReadableThanItsSource()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string model = Classifier;
        File.SetUnixFileMode(Path.Combine(model, "model.mil"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string file = Folder.Add(Workspace.Network, "net.mlmodel");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Run("ConvertTo-CoreMLPackage $args[0], $args[1]", model, file).Clean();
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(Folder["classifier.mlpackage/Data/com.apple.CoreML/model.mlmodel"]) & Others);
        Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(Folder["net.mlpackage"]) & Others);
        Assert.True(File.GetUnixFileMode(Folder["net.mlpackage"]).HasFlag(UnixFileMode.UserExecute));
    }

    [Theory]
    [InlineData("Get-CoreMLModel")]
    [InlineData("ConvertTo-CoreMLPackage")]
    [InlineData("Get-CoreMLProgram")]
    public void CompiledNeuralNetwork_IsRefusedByAnErrorOfItsOwn(string cmdlet)
    {
        Folder.AddText("net.mlmodelc/coremldata.bin", "irrelevant");
        Folder.AddText("net.mlmodelc/model.espresso.net", "{}");
        CommandRun run = Run($"{cmdlet} $args[0]", Folder["net.mlmodelc"]);
        Assert.Equal(["CompiledNeuralNetwork"], run.ErrorIds);
        ErrorRecord error = run.Errors.Single();
        Assert.Equal(ErrorCategory.InvalidType, error.CategoryInfo.Category);
        Assert.Contains("Look for the .mlmodel", error.Exception.Message);
        Assert.Equal(["net.mlmodelc"], Directory.GetFileSystemEntries(Folder.Root).Select(Path.GetFileName));
    }
}
