using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>The recipes that the module brings.</summary>
public sealed class PresetTests : ModuleTest
{
    private static readonly string PresetFolder = Path.Combine(Repository.Root, "module", "presets");

    // The specification versions that their names promise: 7 is iOS 16, 9 is iOS 18.
    private static readonly Dictionary<string, int> NewestVersion = new()
    {
        ["NeuralEngine16"] = 7,
        ["iPhoneiOS17"] = 8,
        ["MaxQualityiOS18"] = 9,
        ["SmallestiOS18"] = 9,
        ["MacGPU15"] = 9,
        ["W8A8iOS17"] = 8,
    };

    // What a preset needs beside the model.
    private static readonly Dictionary<string, string> Samples = new() { ["W8A8iOS17"] = "-InputPath $args[2] -Resize Stretch" };

    public static TheoryData<string> Names => new(NewestVersion.Keys);

    [Fact]
    public void Presets_AreTheFilesOfTheirFolder() => Assert.Equal(
        NewestVersion.Keys.Order(),
        Directory.GetFiles(PresetFolder).Select(file => Path.GetFileNameWithoutExtension(file)).Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void Preset_CompressesAModelForTheSystemsThatItIsFor(string name)
    {
        string source = Folder.Add(Samples.ContainsKey(name) ? "image_classifier_str/fp32.mlpackage" : "convnet_iOS15/fp32.mlpackage", "a.mlpackage");
        CommandRun run = Run($"Optimize-CoreMLModel $args[0] -Preset $args[1] -WarningAction Ignore {Samples.GetValueOrDefault(name)}", source, name, Folder.AddPhoto("photos/0.png"));
        PSObject result = run.Clean().Single();
        Assert.InRange((int)result.Properties["RequiredVersionAfter"].Value, 7, NewestVersion[name]);
        Assert.True((double)result.Properties["Ratio"].Value > 1.9, $"{result.Properties["Ratio"].Value}");
        Assert.Equal(["True"], Run("[bool](Test-CoreMLModel $args[0])", result.Properties["Path"].Value).Output.Select(valid => valid.ToString()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Preset_IsDocumented_AndSaysWhatItIsFor(string name)
    {
        Assert.StartsWith("# ", File.ReadLines(Path.Combine(PresetFolder, name + ".yaml")).First());
        Assert.All(new[] { "RECIPES.md", "CHOOSING.md" }, page => Assert.Contains($"| `{name}` |", File.ReadAllText(Path.Combine(Repository.Root, "docs", page))));
    }

    [Fact]
    public void W8A8_WithSamples_QuantizesActivationsAsWell()
    {
        string source = Folder.Add("image_classifier_str/fp32.mlpackage", "a.mlpackage"), photo = Folder.AddPhoto("photos/0.png");
        dynamic result = Run("Optimize-CoreMLModel $args[0] -Preset W8A8iOS17 -InputPath $args[1] -Resize Stretch -WarningAction Ignore", source, photo).Clean().Single().BaseObject;
        Assert.True(result.Activations.Count > 3);
        Assert.Contains("Int8 affine activations", (string)result.Recipe);
        Assert.Contains("-InputPath", Assert.Single(Run("Optimize-CoreMLModel $args[0] -Preset W8A8iOS17 -WarningAction Ignore", source).Errors).ToString());
    }

    [Fact]
    public void MaxQuality_KeepsEveryWeightAt40Decibels()
    {
        string source = Folder.Add("convnet_iOS18/fp32.mlpackage", "a.mlpackage");
        PSObject result = Run("Optimize-CoreMLModel $args[0] -Preset MaxQualityiOS18", source).Clean().Single();
        Assert.InRange((double)result.Properties["MinSnr"].Value, 40, double.MaxValue);
    }

    [Fact]
    public void Names_AreCompleted_AndFoundInAnyCase()
    {
        Assert.Equal(NewestVersion.Keys.Order(System.StringComparer.OrdinalIgnoreCase), Session.Complete("Optimize-CoreMLModel a.mlmodel -Preset "));
        Assert.Equal(["SmallestiOS18"], Session.Complete("Optimize-CoreMLModel a.mlmodel -Preset sm"));
        Run("Optimize-CoreMLModel $args[0] -Preset neuralengine16 -WarningAction Ignore", Folder.Add(Workspace.Network, "a.mlmodel")).Clean();
    }

    [Fact]
    public void UnknownPreset_NamesThePresets()
    {
        ErrorRecord error = Run("Optimize-CoreMLModel $args[0] -Preset tiny", Folder.Add(Workspace.Network, "a.mlmodel")).Terminating!;
        Assert.Equal("PresetNotFound", CommandRun.Id(error));
        Assert.All(NewestVersion.Keys, name => Assert.Contains(name, error.ToString()));
    }

    [Fact]
    public void Preset_AndRecipe_CannotBeCombined() => Assert.Equal(
        "IncompatibleParameters",
        CommandRun.Id(Run("Optimize-CoreMLModel $args[0] -Preset iPhoneiOS17 -Recipe @{}", Folder.Add(Workspace.Network, "a.mlmodel")).Terminating!));
}
