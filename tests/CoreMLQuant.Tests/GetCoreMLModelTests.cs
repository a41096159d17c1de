using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class GetCoreMLModelTests : ModuleTest
{
    [Fact]
    public void Package_IsDescribed()
    {
        string path = Folder.Add(Workspace.Package, "a.mlpackage");
        CommandRun run = Run("Get-CoreMLModel $args[0]", path);
        run.Clean();
        Assert.Equal(["a.mlpackage"], run.Values("Name"));
        Assert.Equal(["MLProgram"], run.Values("Format"));
        Assert.Equal(["Float32"], run.Values("Precision"));
        Assert.Equal(["iOS 15, macOS 12"], run.Values("RequiredOS"));
        Assert.Equal(["True"], run.Values("IsPackage"));
    }

    [Fact]
    public void Network_IsDescribed()
    {
        string path = Folder.Add(Workspace.Network, "a.mlmodel");
        CommandRun run = Run("Get-CoreMLModel $args[0]", path);
        run.Clean();
        Assert.Equal(["NeuralNetwork"], run.Values("Format"));
        Assert.Equal([new FileInfo(path).Length.ToString()], run.Values("Size"));
    }

    [Fact]
    public void Folder_GivesItsModels_AndWithRecurseThoseBelow()
    {
        string a = Folder.Add(Workspace.Package, "a.mlpackage");
        string b = Folder.Add(Workspace.Network, "b.mlmodel");
        string c = Folder.Add(Workspace.Network, "sub/deep/c.mlmodel");
        Assert.Equal([a, b], Run("Get-CoreMLModel $args[0]", Folder.Root).Values("Path"));
        Assert.Equal([a, b, c], Run("Get-CoreMLModel $args[0] -Recurse", Folder.Root).Values("Path"));
        Assert.Equal([a, b, c], Run(Item + " | Get-CoreMLModel -Recurse", Folder.Root).Values("Path"));
    }

    [Fact]
    public void Folder_GivesItsOwnModelsBeforeThoseBelow()
    {
        string below = Folder.Add(Workspace.Network, "middle/b.mlmodel");
        string last = Folder.Add(Workspace.Network, "z.mlmodel");
        Assert.Equal([last, below], Run("Get-CoreMLModel $args[0] -Recurse", Folder.Root).Values("Path"));
    }

    [Fact]
    public void Folder_WithACircleOfLinks_IsWalkedOnce()
    {
        string model = Folder.Add(Workspace.Network, "sub/b.mlmodel");
        Directory.CreateSymbolicLink(Folder["sub/up"], Folder.Root);
        Assert.Equal([model], Run("Get-CoreMLModel $args[0] -Recurse", Folder.Root).Values("Path"));
    }

    [Fact]
    public void Folder_AndItsModels_GiveEachOnce()
    {
        string b = Folder.Add(Workspace.Network, "b.mlmodel");
        Assert.Equal([b], Run("Get-CoreMLModel $args[0], $args[1]", b, Folder.Root).Values("Path"));
    }

    [Fact]
    public void Folder_WithoutModels_Warns()
    {
        Folder.Add(Workspace.Network, "sub/deep/c.mlmodel");
        CommandRun run = Run("Get-CoreMLModel $args[0]", Folder.Root);
        Assert.Empty(run.Clean());
        Assert.Contains("-Recurse", Assert.Single(run.Warnings));
    }

    [Fact]
    public void BadModel_InAFolder_IsOneError()
    {
        Folder.AddText("a.mlmodel", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
        string b = Folder.Add(Workspace.Network, "b.mlmodel");
        CommandRun run = Run("Get-CoreMLModel $args[0]", Folder.Root);
        Assert.Equal([b], run.Values("Path"));
        Assert.Equal(["GitLfsPointer"], run.ErrorIds);
        Assert.Equal(Folder["a.mlmodel"], run.Errors.Single().TargetObject);
    }
}
