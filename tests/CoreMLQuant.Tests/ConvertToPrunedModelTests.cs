using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class ConvertToPrunedModelTests : ModuleTest
{
    private const string Newest = "convnet_iOS18/fp32.mlpackage";

    [Theory]
    [InlineData("-TargetSparsity 0.75", "pruned to 75 % zeros")]
    [InlineData("-TargetSparsity 0.75 -BlockSize 4 -Axis 1", "pruned to 75 % zeros in blocks of 4")]
    [InlineData("-Threshold 0.05 -MinimumSparsity 0.3", "pruned up to 0.05")]
    [InlineData("-NonZeroRatio 1:4", "pruned 1:4")]
    public void Parameters_AreTheRecipe(string parameters, string recipe)
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        CommandRun run = Run($"ConvertTo-PrunedModel $args[0] {parameters}", source);
        run.Clean();
        Assert.Equal([recipe], run.Values("Recipe"));
        Assert.Equal([Folder["net_pruned.mlpackage"]], run.Values("Path"));
        Assert.Contains(Run("Get-CoreMLWeight $args[0] -MinimumElementCount 2048", Folder["net_pruned.mlpackage"]).Values("Encoding"), name => name.StartsWith("Sparse"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-TargetSparsity 0.5 -NonZeroRatio 2:4")]
    [InlineData("-TargetSparsity 0.5 -Threshold 0.1")]
    [InlineData("-TargetSparsity 1.5")]
    [InlineData("-TargetSparsity 0.5 -MinimumSparsity 0.5")]
    [InlineData("-Threshold -1")]
    [InlineData("-Threshold NaN")]
    [InlineData("-NonZeroRatio 5:4")]
    [InlineData("-NonZeroRatio 2:4 -BlockSize 2")]
    [InlineData("-TargetSparsity 0.5 -Axis 1")]
    [InlineData("-NonZeroRatio 2:4 -Axis 2")]
    public void Contradiction_EndsTheRunBeforeAnyFile(string parameters)
    {
        CommandRun run = Run($"ConvertTo-PrunedModel nosuchmodel.mlpackage {parameters}");
        Assert.Equal("InvalidRecipe", CommandRun.Id(run.Terminating!));
        Assert.Empty(run.Errors);
    }

    [Fact]
    public void Ratio_ThatIsNone_IsRefusedWithItsForm()
    {
        CommandRun run = Run("ConvertTo-PrunedModel nosuchmodel.mlpackage -NonZeroRatio half");
        Assert.Contains("2:4", run.Terminating!.ToString());
    }
}
