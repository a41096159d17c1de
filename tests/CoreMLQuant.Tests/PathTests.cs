using System;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class PathTests : ModuleTest
{
    [Fact]
    public void Path_Positional_TakesSeveral()
    {
        string a = Folder.Add(Workspace.Network, "a.mlmodel");
        string b = Folder.Add(Workspace.Package, "b.mlpackage");
        Assert.Equal([a, b], Run("Get-CoreMLModel $args[0], $args[1]", a, b).Values("Path"));
    }

    [Fact]
    public void Path_Wildcard_TakesTheModelsAmongTheMatches()
    {
        Folder.AddText("readme.txt", "no model");
        Folder.AddText("plain/note.txt", "no model");
        string a = Folder.Add(Workspace.Network, "a.mlmodel");
        string b = Folder.Add(Workspace.Package, "b.mlpackage");
        CommandRun run = Run("Get-CoreMLModel $args[0]", Folder["*"]);
        Assert.Equal([a, b], run.Clean().Select(model => model.ToString()).Order());
        Assert.Empty(run.Warnings);
    }

    [Fact]
    public void Path_WildcardWithoutAMatch_Warns()
    {
        CommandRun run = Run("Get-CoreMLModel $args[0]", Folder["*.mlmodel"]);
        Assert.Empty(run.Clean());
        Assert.Contains("*.mlmodel", Assert.Single(run.Warnings));
    }

    [Fact]
    public void Path_StringsFromThePipeline_Bind()
    {
        string a = Folder.Add(Workspace.Network, "a.mlmodel");
        Assert.Equal([a], Run("$args[0] | Get-CoreMLModel", a).Values("Path"));
    }

    [Theory]
    [InlineData(Workspace.Network, "net[1].mlmodel")]
    [InlineData(Workspace.Package, "net[1].mlpackage")]
    [InlineData(Workspace.Package, "with space & 'quote' `tick.mlpackage")]
    public void LiteralPath_TakesEveryCharacter(string fixture, string name)
    {
        string path = Folder.Add(fixture, name);
        Assert.Equal([path], Run("Get-CoreMLModel -LiteralPath $args[0]", path).Values("Path"));
        Assert.Equal([path], Run("Get-CoreMLModel -LP $args[0]", path).Values("Path"));
        Assert.Equal([path], Run(Item + " | Get-CoreMLModel", path).Values("Path"));
        Assert.Equal([path], Run("Get-CoreMLModel -LiteralPath $args[0] | Get-CoreMLModel", path).Values("Path"));
    }

    [Fact]
    public void Path_BracketsAreAWildcard()
    {
        Folder.Add(Workspace.Network, "net[1].mlmodel");
        string one = Folder.Add(Workspace.Network, "net1.mlmodel");
        Assert.Equal([one], Run("Get-CoreMLModel $args[0]", Folder["net[1].mlmodel"]).Values("Path"));
    }

    [Fact]
    public void Path_RelativeToTheSessionsLocation()
    {
        string a = Folder.Add(Workspace.Network, "sub/a.mlmodel");
        Session.SetLocation(Folder["sub"]);
        Assert.NotEqual(Folder["sub"], Environment.CurrentDirectory);
        Assert.Equal([a], Run("Get-CoreMLModel ./a.mlmodel").Values("Path"));
        Assert.Equal([a], Run("Get-CoreMLModel a.mlmodel").Values("Path"));
        Assert.Equal([a], Run("Get-CoreMLModel -LiteralPath a.mlmodel").Values("Path"));
        Assert.Equal([a], Run("Get-CoreMLModel ../sub/x/../a.mlmodel").Values("Path"));
        Assert.Equal([a], Run("Get-CoreMLModel .").Values("Path"));
    }

    [Fact]
    public void Path_OnAPSDrive()
    {
        string a = Folder.Add(Workspace.Network, "a.mlmodel");
        Run("""
            $provider = Get-Command -Name Get-CoreMLModel | ForEach-Object { $ExecutionContext.SessionState.Provider.GetOne('FileSystem') }
            $null = $ExecutionContext.SessionState.Drive.New([Management.Automation.PSDriveInfo]::new('Models', $provider, $args[0], '', $null), 'Global')
            """, Folder.Root).Clean();
        Assert.Equal([a], Run("Get-CoreMLModel Models:/a.mlmodel").Values("Path"));
        Assert.Equal([a], Run("Get-CoreMLModel -LiteralPath Models:/a.mlmodel").Values("Path"));
        CommandRun run = Run("ConvertTo-Fp16Model Models:/a.mlmodel -DestinationPath Models:/out");
        Assert.Equal([Folder["out/a_fp16.mlmodel"]], run.Values("Path"));
    }

    [Fact]
    public void Path_WithProviderPrefix()
    {
        string a = Folder.Add(Workspace.Network, "a.mlmodel");
        Assert.Equal([a], Run("Get-CoreMLModel $args[0]", "Microsoft.PowerShell.Core\\FileSystem::" + a).Values("Path"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Manifest.json")]
    [InlineData("Data")]
    [InlineData("Data/com.apple.CoreML/model.mlmodel")]
    [InlineData("Data/com.apple.CoreML/weights/weight.bin")]
    public void Path_InsideAPackage_IsThePackage(string inner)
    {
        string package = Folder.Add(Workspace.Package, "a.mlpackage");
        Assert.Equal([package], Run("Get-CoreMLModel $args[0]", package + "/" + inner).Values("Path"));
    }

    [Fact]
    public void ChildItems_Recursive_GiveEachModelOnce()
    {
        string a = Folder.Add(Workspace.Package, "a.mlpackage");
        string b = Folder.Add(Workspace.NewerNetwork, "sub/b.mlmodel");
        Folder.AddText("sub/readme.md", "no model");

        CommandRun run = Run(ChildItems + " | Get-CoreMLModel", Folder.Root);
        Assert.Equal([a, b], run.Clean().Select(model => model.ToString()).Order());

        run = Run(ChildItems + " | ConvertTo-Fp16Model", Folder.Root);
        Assert.Equal(2, run.Clean().Count);
        Assert.Equal([a, b], run.Values("SourcePath").Order());
        Assert.Empty(run.Warnings);
    }

    [Fact]
    public void ChildItems_WithoutAModel_Warn()
    {
        Folder.AddText("plain/readme.md", "no model");
        CommandRun run = Run(ChildItems + " | ConvertTo-Fp16Model", Folder.Root);
        Assert.Empty(run.Clean());
        Assert.Contains("Get-CoreMLModel -Recurse", Assert.Single(run.Warnings));
    }

    [Fact]
    public void Outputs_OfTheRun_AreNotItsInputs()
    {
        string a = Folder.Add(Workspace.Network, "a.mlmodel");
        string b = Folder["a_fp16.mlmodel"];
        CommandRun run = Run("$args[0], $args[1] | ConvertTo-Fp16Model", a, b);
        Assert.Single(run.Clean());
    }
}
