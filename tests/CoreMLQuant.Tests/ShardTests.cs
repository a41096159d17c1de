using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>Get-CoreMLModel -Shard: parts of a folder for several machines.</summary>
public sealed class ShardTests : ModuleTest
{
    private const int Count = 5;

    public ShardTests()
    {
        for (int i = 0; i < 40; i++)
        {
            Folder.Add(Workspace.Network, $"models/{i % 3}/net{i}.mlmodel");
        }
    }

    [Fact]
    public void Shards_AreDisjoint_AndTogetherAllModels()
    {
        string[][] parts = Enumerable.Range(1, Count).Select(index => Part("models", index)).ToArray();
        Assert.Equal(Run("Get-CoreMLModel $args[0] -Recurse", Folder["models"]).Values("Path").Order(), parts.SelectMany(part => part).Order());
        Assert.All(parts, part => Assert.InRange(part.Length, 1, 20));
    }

    [Fact]
    public void Shard_DependsOnThePathInTheFolder_AndNotOnTheFolderOrOtherModels()
    {
        string[] before = Part("models", 2).Select(path => Path.GetRelativePath(Folder["models"], path)).ToArray();
        Directory.Move(Folder["models"], Folder["elsewhere"]);
        Folder.Add(Workspace.Network, "elsewhere/0/another.mlmodel");
        string[] after = Part("elsewhere", 2).Select(path => Path.GetRelativePath(Folder["elsewhere"], path)).ToArray();
        Assert.Equal(before, after.Where(path => !path.EndsWith("another.mlmodel")));
    }

    [Fact]
    public void Shard_OpensNoOtherModel()
    {
        foreach (string file in Directory.GetFiles(Folder["models"], "*", SearchOption.AllDirectories).Except(Part("models", 1)))
        {
            File.WriteAllText(file, "no model");
        }

        Assert.NotEmpty(Run("Get-CoreMLModel $args[0] -Recurse -Shard 1/5", Folder["models"]).Clean());
    }

    [Theory]
    [InlineData("0/16")]
    [InlineData("17/16")]
    [InlineData("3")]
    [InlineData("a/b")]
    [InlineData("-1/4")]
    public void Shard_ThatIsNone_IsRefused(string shard) =>
        Assert.Contains("such as 3/16", Run("Get-CoreMLModel $args[0] -Shard $args[1]", Folder["models"], shard).Terminating!.ToString());

    private string[] Part(string folder, int index) => Run($"Get-CoreMLModel $args[0] -Recurse -Shard {index}/{Count}", Folder[folder]).Values("Path");
}
