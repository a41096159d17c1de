using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class EditCoreMLModelTests : ModuleTest
{
    private const string Rename = "Edit-CoreMLModel $args[0] -RenameInput @{ x = 'photo' }";

    [Fact]
    public void Edit_RenamesAndDescribes_AndTheResultPipesOn()
    {
        string model = Folder.Add(Workspace.Package, "net.mlpackage");
        string before = Workspace.Hash(model);
        dynamic edited = Run(
            "Edit-CoreMLModel $args[0] -RenameInput @{ $args[1] = 'photo' } -Author 'Ana' -License 'MIT' -Description 'A net.' -Version '2.0' "
            + "-Metadata @{ source = 'https://example.com'; 'com.github.apple.coremltools.version' = '1' } -FeatureDescription @{ photo = 'A photo.' } | Get-CoreMLModel",
            model,
            InputOf(model)).Clean().Single().BaseObject;
        Assert.Equal(Folder["net_edited.mlpackage"], (string)edited.Path);
        Assert.Equal("photo", (string)edited.Inputs[0].Name);
        Assert.Equal("A photo.", (string)edited.Inputs[0].Description);
        Assert.Equal(("Ana", "MIT", "A net.", "2.0"), ((string)edited.Author, (string)edited.License, (string)edited.Description, (string)edited.Version));
        Assert.Equal("https://example.com", (string)((IReadOnlyDictionary<string, string>)edited.Metadata)["source"]);
        Assert.Equal(before, Workspace.Hash(model));
        Assert.Equal("True", Run("Test-CoreMLModel $args[0]", (string)edited.Path).Clean().Single().ToString());
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(model, "Data/com.apple.CoreML/weights/weight.bin")),
            File.ReadAllBytes(Path.Combine((string)edited.Path, "Data/com.apple.CoreML/weights/weight.bin")));
    }

    [Fact]
    public void Edit_WhatIf_ShowsEveryChangeAndWritesNothing()
    {
        string model = Folder.Add(Workspace.Package, "net.mlpackage");
        string[] before = Folder.Entries();
        dynamic plan = Run("(Edit-CoreMLModel $args[0] -RenameInput @{ $args[1] = 'photo' } -Author 'Ana' -WhatIf 6>&1 | Where-Object MessageData).MessageData.Plan", model, InputOf(model)).Clean().Single().BaseObject;
        Assert.Equal(["input name", "author"], ((IEnumerable<object>)plan.Changes).Select(change => (string)((dynamic)change).What));
        Assert.Equal(before, Folder.Entries());
        dynamic same = Run("Edit-CoreMLModel $args[0] -RenameInput @{ $args[1] = 'photo' } -PlanOnly", model, InputOf(model)).Clean().Single().BaseObject;
        Assert.Equal(1, (int)same.Changes.Count);
        Assert.Equal(before, Folder.Entries());
    }

    [Fact]
    public void Edit_InPlace_ReplacesOneModel()
    {
        string model = Folder.Add(Workspace.Network, "net.mlmodel"), other = Folder.Add(Workspace.Network, "other.mlmodel");
        string[] before = Folder.Entries();
        var several = Run("Edit-CoreMLModel $args -Author 'Ana' -InPlace", model, other);
        Assert.Equal("IncompatibleParameters", CommandRun.Id(several.Terminating!));
        dynamic result = Run("Edit-CoreMLModel $args[0] -Author 'Ana' -InPlace", model).Clean().Single().BaseObject;
        Assert.Equal((model, "Edited", true), ((string)result.Path, (string)result.Status, (bool)result.IsSourceReplaced));
        Assert.Equal(before, Folder.Entries());
        Assert.Equal("Ana", (string)((dynamic)Run("Get-CoreMLModel $args[0]", model).Clean().Single().BaseObject).Author);
    }

    [Fact]
    public void Edit_ObeysWhatEveryWriterDoes()
    {
        string model = Folder.Add(Workspace.Network, "net.mlmodel"), log = Folder["log.jsonl"];
        Assert.Equal(["Edited"], Run("Edit-CoreMLModel $args[0] -Author 'Ana' -LogPath $args[1] -NoFlush", model, log).Values("Status"));
        Assert.Equal(["DestinationExists"], Run("Edit-CoreMLModel $args[0] -Author 'Ana' -LogPath $args[1]", model, log).ErrorIds);
        Assert.Equal(["Skipped"], Run("Edit-CoreMLModel $args[0] -Author 'Ana' -SkipExisting", model).Values("Status"));
        Assert.Equal(["Edited"], Run("Edit-CoreMLModel $args[0] -Author 'Ana' -Force", model).Values("Status"));
        Assert.Equal(["Edited", "Failed"], Run("Get-Content $args[0] | ConvertFrom-Json | ForEach-Object status", log).Output.Select(line => line.ToString()));
        Assert.Equal(["Unchanged"], Run("Edit-CoreMLModel $args[0] -Author 'Ana' -DestinationPath $args[1]", Folder["net_edited.mlmodel"], Folder["out"]).Values("Status"));
        Assert.False(Directory.Exists(Folder["out"]));
        Assert.Equal(["Copied"], Run("Edit-CoreMLModel $args[0] -Author 'Ana' -DestinationPath $args[1] -CopyUnchanged", Folder["net_edited.mlmodel"], Folder["out"]).Values("Status"));
        Assert.Equal(File.ReadAllBytes(Folder["net_edited.mlmodel"]), File.ReadAllBytes(Folder["out/net_edited_edited.mlmodel"]));
    }

    [Fact]
    public void Edit_Metadata_RemovesAndClears()
    {
        string model = Folder.Add(Workspace.Network, "net.mlmodel");
        Run("Edit-CoreMLModel $args[0] -Metadata @{ a = '1'; b = '2' } -Author 'Ana' -InPlace", model).Clean();
        dynamic result = Run("Edit-CoreMLModel $args[0] -RemoveMetadata a, none -Author '' -InPlace", model).Clean().Single().BaseObject;
        Assert.Contains("'none'", ((IEnumerable<string>)result.Notes).Single());
        dynamic after = Run("Get-CoreMLModel $args[0]", model).Clean().Single().BaseObject;
        Assert.Equal(string.Empty, (string)after.Author);
        Assert.DoesNotContain("a", ((IReadOnlyDictionary<string, string>)after.Metadata).Keys);
        Assert.Equal("2", (string)((IReadOnlyDictionary<string, string>)after.Metadata)["b"]);
    }

    [Theory]
    [InlineData("nn_cnn_classifier/fp32.mlmodel", 10)]
    [InlineData("nn_pipeline_classifier/fp32.mlmodel", 8)]
    [InlineData("image_classifier_str/fp32.mlpackage", 50)]
    [InlineData("photo_classifier/fp32.mlmodel", 10)]
    public void Edit_ClassLabels_AreThoseOfTheFile(string fixture, int count)
    {
        string model = Folder.Add(fixture, "net" + Path.GetExtension(fixture));
        string wrong = Folder.AddText("short.txt", "only one\n"), labels = Folder.AddText("labels.txt", string.Join('\n', Enumerable.Range(0, count).Select(i => $"animal {i}")) + "\n\n");
        Assert.Equal(["EditNotApplicable"], Run("Edit-CoreMLModel $args[0] -ClassLabels $args[1]", model, wrong).ErrorIds);
        dynamic run = Run("Edit-CoreMLModel $args[0] -ClassLabels $args[1] | Invoke-CoreMLModel -RandomInput", model, labels).Clean().Single().BaseObject;
        Assert.StartsWith("animal ", (string)run.Label);
        Assert.Equal("True", Run("Test-CoreMLModel $args[0]", Folder["net_edited" + Path.GetExtension(fixture)]).Clean().Single().ToString());
    }

    [Fact]
    public void Edit_WhatAModelDoesNotAllow_IsAnErrorAndWritesNothing()
    {
        string model = Folder.Add(Workspace.Package, "net.mlpackage");
        string[] before = Folder.Entries();
        var run = Run(Rename.Replace("x =", "nosuch ="), model);
        Assert.Equal(["EditNotApplicable"], run.ErrorIds);
        Assert.Contains(model, run.Errors[0].ErrorDetails.Message);
        Assert.Equal(["EditNotApplicable"], Run("Edit-CoreMLModel $args[0] -ClassLabels $args[1]", model, Folder.AddText("l.txt", "a")).ErrorIds);
        File.Delete(Folder["l.txt"]);
        Assert.Equal("InvalidArgument", CommandRun.Id(Run("Edit-CoreMLModel $args[0] -RenameInput @{ a = $null }", model).Terminating!));
        Assert.Equal("ReadFailed", CommandRun.Id(Run("Edit-CoreMLModel $args[0] -ClassLabels ./nosuch.txt", model).Terminating!));
        Assert.Equal(before, Folder.Entries());
    }

    [Fact]
    public void Edit_Types_AsTextOrAsFeaturesOfAnotherModel()
    {
        string model = Folder.Add("convnet_iOS16/fp32.mlpackage", "net.mlpackage"), name = InputOf(model);
        Run("Edit-CoreMLModel $args[0] -InputType @{ $args[1] = 'Image:RGB,32x32,scale=1/255' } -DestinationPath $args[2]", model, name, Folder["image.mlpackage"]).Clean();
        Assert.Equal(["Image RGB 32x32"], Run("(Get-CoreMLModel $args[0]).Inputs", Folder["image.mlpackage"]).Values("Type"));
        Assert.Equal("True", Run("Test-CoreMLModel $args[0]", Folder["image.mlpackage"]).Clean().Single().ToString());
        Run("Edit-CoreMLModel $args[0] -InputType (Get-CoreMLModel $args[1]).Inputs -DestinationPath $args[2]", Folder["image.mlpackage"], model, Folder["array.mlpackage"]).Clean();
        Assert.Equal(["Float32 [1, 3, 32, 32]"], Run("(Get-CoreMLModel $args[0]).Inputs", Folder["array.mlpackage"]).Values("Type"));
        Run("Edit-CoreMLModel $args[0] -InputType ((Get-CoreMLModel $args[1]).Inputs | ConvertTo-Json | ConvertFrom-Json) -DestinationPath $args[2] -Force", Folder["image.mlpackage"], model, Folder["array.mlpackage"]).Clean();
        Assert.Equal("InvalidArgument", CommandRun.Id(Run("Edit-CoreMLModel $args[0] -InputType @{ x = 'Float33' }", model).Terminating!));
        Assert.Equal("InvalidArgument", CommandRun.Id(Run("Edit-CoreMLModel $args[0] -InputType 'Float32'", model).Terminating!));
        Assert.Equal(["EditNotApplicable"], Run("Edit-CoreMLModel $args[0] -InputType @{ $args[1] = 'Double' }", model, name).ErrorIds);
    }

    [Fact]
    public void Edit_TypeThatNeedsANewerSystem_Warns()
    {
        string model = Folder.Add(Workspace.Package, "net.mlpackage");
        var run = Run("Edit-CoreMLModel $args[0] -OutputType @{ probs = 'Float16' }", model);
        Assert.Contains("iOS 16", Assert.Single(run.Warnings));
        Assert.Equal(["iOS 16, macOS 13"], run.Values("RequiredOS"));
    }

    [Fact]
    public void Edit_CompiledModel_WritesAPackage()
    {
        string model = Folder.Add("compiled/classifier.mlmodelc", "classifier.mlmodelc"), before = Workspace.Hash(model);
        dynamic result = Run("Edit-CoreMLModel $args[0] -RenameInput @{ $args[1] = 'photo' } -InputType @{ photo = 'Float16' }", model, InputOf(model)).Clean().Single().BaseObject;
        Assert.Equal(Folder["classifier_edited.mlpackage"], (string)result.Path);
        Assert.Equal("True", Run("Test-CoreMLModel $args[0]", (string)result.Path).Clean().Single().ToString());
        Assert.Equal("photo", InputOf((string)result.Path));
        Assert.Equal(before, Workspace.Hash(model));
        Assert.Equal(["IncompatibleParameters"], Run("Edit-CoreMLModel $args[0] -Author 'Ana' -InPlace", model).ErrorIds);
    }

    [Fact]
    public void Completion_OffersInputsWithTheirTypes()
    {
        string model = Folder.Add(Workspace.Package, "net.mlpackage");
        string line = $"Edit-CoreMLModel '{model}' -InputType ";
        Assert.Equal(
            ["@{ 'image' = 'Float32 [1, 3, 32, 32]' }"],
            Run("(TabExpansion2 $args[0] $args[0].Length).CompletionMatches", line).Values("CompletionText"));
    }

    private string InputOf(string model) => (string)((dynamic)Run("Get-CoreMLModel $args[0]", model).Clean().Single().BaseObject).Inputs[0].Name;
}
