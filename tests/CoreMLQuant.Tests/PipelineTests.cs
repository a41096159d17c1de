using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class PipelineTests : ModuleTest
{
    [Fact]
    public void Models_Convert_AndListTheirWeights()
    {
        Folder.Add(Workspace.Network, "a[1].mlmodel");
        Folder.Add(Workspace.Package, "sub/b.mlpackage");

        CommandRun run = Run(
            "Get-CoreMLModel $args[0] -Recurse | ConvertTo-Fp16Model -DestinationPath $args[1] | Get-CoreMLWeight -MinimumElementCount 1000",
            Folder.Root,
            Folder["out"]);

        run.Clean();
        Assert.All(run.Values("StorageType"), type => Assert.Equal("Float16", type));
        Assert.Equal(
            [Folder["out/a[1]_fp16.mlmodel"], Folder["out/b_fp16.mlpackage"]],
            run.Values("ModelPath").Distinct().Order());
    }

    [Fact]
    public void Weights_PipeTheirModelOnOnce()
    {
        string a = Folder.Add(Workspace.Network, "a[1].mlmodel");
        CommandRun run = Run("Get-CoreMLWeight -LiteralPath $args[0] | ConvertTo-Fp16Model", a);
        run.Clean();
        Assert.Equal([a], run.Values("SourcePath"));
    }

    [Fact]
    public void UnchangedResult_PipesItsSourceOn()
    {
        string half = Folder.Add(Workspace.Half, "half.mlpackage");
        Assert.Equal([half], Run("ConvertTo-Fp16Model $args[0] | Get-CoreMLModel", half).Values("Path"));
    }

    [Theory]
    [InlineData("Get-CoreMLModel -LiteralPath $args[0]")]
    [InlineData("ConvertTo-Fp16Model -LiteralPath $args[0] -Force")]
    [InlineData("Get-CoreMLWeight -LiteralPath $args[0]")]
    public void DeserializedObjects_PipeToo(string source)
    {
        string a = Folder.Add(Workspace.Network, "a[1].mlmodel");
        const string RoundTrip = " | ForEach-Object { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_, 2)) }";
        CommandRun objects = Run(source + RoundTrip, a);
        Assert.All(objects.Clean(), item => Assert.StartsWith("Deserialized.CoreMLQuant.", item.TypeNames[0], System.StringComparison.Ordinal));

        CommandRun run = Run(source + RoundTrip + " | Get-CoreMLModel", a);
        Assert.Single(run.Clean());
        Assert.Equal([source.StartsWith("ConvertTo", System.StringComparison.Ordinal) ? Folder["a[1]_fp16.mlmodel"] : a], run.Values("Path"));
    }

    [Fact]
    public void Models_ComeOneByOne()
    {
        Folder.Add(Workspace.Network, "a.mlmodel");
        Folder.Add(Workspace.Network, "b.mlmodel");
        CommandRun run = Run("Get-CoreMLModel $args[0] -Verbose 4>&1 | ForEach-Object { if ($_ -is [CoreMLQuant.Models.CoreMLModel]) { ConvertTo-Fp16Model $_.Path } }", Folder["?.mlmodel"]);
        Assert.Equal(2, run.Clean().Count);
    }
}
