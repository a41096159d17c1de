using System.IO;
using System.Management.Automation;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class DestinationTests : ModuleTest
{
    private readonly string _network;

    public DestinationTests() => _network = Folder.Add(Workspace.Network, "net.mlmodel");

    [Theory]
    [InlineData("out", "out/net_fp16.mlmodel")]
    [InlineData("out/", "out/net_fp16.mlmodel")]
    [InlineData("out/deep/er", "out/deep/er/net_fp16.mlmodel")]
    [InlineData("out.v2", "out.v2/net_fp16.mlmodel")]
    [InlineData("half.mlmodel", "half.mlmodel")]
    [InlineData("out/half.MLMODEL", "out/half.MLMODEL")]
    public void Destination_IsAFolderOrAFile(string destination, string expected)
    {
        Session.SetLocation(Folder.Root);
        CommandRun run = Run("ConvertTo-Fp16Model net.mlmodel -DestinationPath $args[0]", destination);
        run.Clean();
        Assert.Equal([Folder[expected]], run.Values("Path"));
        Assert.True(File.Exists(Folder[expected]));
    }

    [Theory]
    [InlineData("-OutputPath")]
    [InlineData("-Destination")]
    public void Destination_HasAliases(string parameter)
    {
        Run($"ConvertTo-Fp16Model $args[0] {parameter} $args[1]", _network, Folder["out"]).Clean();
        Assert.True(File.Exists(Folder["out/net_fp16.mlmodel"]));
    }

    [Fact]
    public void ExistingFolder_WithAModelsExtension_IsAFolderUnlessAPackage()
    {
        Directory.CreateDirectory(Folder["models.mlmodel"]);
        Assert.Equal(
            [Folder["models.mlmodel/net_fp16.mlmodel"]],
            Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1]", _network, Folder["models.mlmodel"]).Values("Path"));
    }

    [Fact]
    public void File_ForTwoInputs_IsAnErrorForTheSecond()
    {
        Folder.Add(Workspace.Network, "other.mlmodel");
        CommandRun run = Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1]", Folder["*.mlmodel"], Folder["one.mlmodel"]);
        Assert.Equal([Folder["one.mlmodel"]], run.Values("Path"));
        Assert.Equal(["DestinationNotAFolder"], run.ErrorIds);
        Assert.Contains("folder", run.Errors[0].ToString());
        Assert.Equal(Folder["other.mlmodel"], run.Errors[0].TargetObject);
    }

    [Theory]
    [InlineData(Workspace.Network, "a.mlmodel", "b.mlpackage")]
    [InlineData(Workspace.Package, "a.mlpackage", "b.mlmodel")]
    public void File_OfTheOtherKind_IsAnError(string fixture, string name, string destination)
    {
        string source = Folder.Add(fixture, name);
        CommandRun run = Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1]", source, Folder[destination]);
        Assert.Equal(["DestinationExtensionMismatch"], run.ErrorIds);
        Assert.Equal(ErrorCategory.InvalidArgument, run.Errors[0].CategoryInfo.Category);
        Assert.False(Path.Exists(Folder[destination]));
    }

    [Fact]
    public void ExistingOutput_IsKept_UntilForced()
    {
        Folder.AddText("net_fp16.mlmodel", "mine");
        CommandRun run = Run("ConvertTo-Fp16Model $args[0]", _network);
        Assert.Equal(["DestinationExists"], run.ErrorIds);
        Assert.Equal(ErrorCategory.ResourceExists, run.Errors[0].CategoryInfo.Category);
        Assert.Equal(Folder["net_fp16.mlmodel"], run.Errors[0].TargetObject);
        Assert.Equal("mine", File.ReadAllText(Folder["net_fp16.mlmodel"]));

        Run("ConvertTo-Fp16Model $args[0] -Force", _network).Clean();
        Assert.Equal(["Float16"], Run("Get-CoreMLModel $args[0]", Folder["net_fp16.mlmodel"]).Values("Precision"));
    }

    [Fact]
    public void ExistingPackage_IsReplacedWhole()
    {
        string source = Folder.Add(Workspace.Package, "a.mlpackage");
        Folder.Add(Workspace.Package, "b.mlpackage");
        Folder.AddText("b.mlpackage/Data/stale.txt", "stale");
        Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1] -Force", source, Folder["b.mlpackage/"]).Clean();
        Assert.False(File.Exists(Folder["b.mlpackage/Data/stale.txt"]));
        Assert.Equal(["Float16"], Run("Get-CoreMLModel $args[0]", Folder["b.mlpackage"]).Values("Precision"));
    }

    [Fact]
    public void TwoInputs_ForOneOutput_AreNotLostSilently()
    {
        Folder.Add(Workspace.Network, "sub/net.mlmodel");
        CommandRun run = Run("Get-CoreMLModel $args[0] -Recurse | ConvertTo-Fp16Model -DestinationPath $args[1] -Force", Folder.Root, Folder["out"]);
        Assert.Equal([_network], run.Values("SourcePath"));
        Assert.Equal(["DestinationTaken"], run.ErrorIds);
    }

    [Fact]
    public void Destination_InsideAPackage_IsRefused()
    {
        Folder.Add(Workspace.Package, "a.mlpackage");
        string[] before = Folder.Entries();
        CommandRun run = Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1]", _network, Folder["a.mlpackage/Data"]);
        Assert.Equal("InvalidDestination", CommandRun.Id(run.Terminating!));
        Assert.Equal(before, Folder.Entries());
    }

    [Fact]
    public void Destination_ThatIsAnotherFile_IsRefused()
    {
        string file = Folder.AddText("notes.txt", "mine");
        CommandRun run = Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1]", _network, file);
        Assert.Equal("InvalidDestination", CommandRun.Id(run.Terminating!));
        Assert.Equal("mine", File.ReadAllText(file));
    }

    [Fact]
    public void NewFolder_OfARunThatFailed_IsTakenAwayAgain()
    {
        // A file where a folder is needed: nothing can be made below it, whoever runs the tests.
        Folder.AddText("file", "mine");
        string[] before = Folder.Entries();
        CommandRun run = Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1]", _network, Folder["file/below"]);
        Assert.Equal(["WriteFailed"], run.ErrorIds);
        Assert.Equal(ErrorCategory.WriteError, run.Errors[0].CategoryInfo.Category);
        Assert.Equal(before, Folder.Entries());
    }

    [Fact]
    public void UnchangedModel_WritesNothingToTheDestination()
    {
        string half = Folder.Add(Workspace.Half, "half.mlpackage");
        CommandRun run = Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1]", half, Folder["out"]);
        run.Clean();
        Assert.Equal(["Unchanged"], run.Values("Status"));
        Assert.False(Directory.Exists(Folder["out"]));
    }

    [Fact]
    public void Destination_MayHoldBrackets()
    {
        Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1]", _network, Folder["out[1]"]).Clean();
        Assert.True(File.Exists(Folder["out[1]/net_fp16.mlmodel"]));
    }
}
