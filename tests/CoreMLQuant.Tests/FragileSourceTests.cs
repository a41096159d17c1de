using System.IO;
using System.IO.Compression;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>Sources that break rules of their format, and recipes that change nothing: what a user is told.</summary>
public sealed class FragileSourceTests : ModuleTest
{
    private const string Broken = "10-same-names/same_block.mlpackage";
    private const string Sound = "10-same-names/model.mlpackage";

    [Theory]
    [InlineData("ConvertTo-Fp16Model $args[0]")]
    [InlineData("ConvertTo-QuantizedModel $args[0] -MinimumElementCount 10 -AllowOpsetUpgrade")]
    [InlineData("Optimize-CoreMLModel $args[0] -Recipe @{ config_type = 'OpPalettizerConfig'; global_config = @{ nbits = 4; weight_threshold = 10 } } -AllowOpsetUpgrade")]
    public void Source_WithErrors_IsConvertedWithAWarning(string command)
    {
        string source = Case(Broken);
        CommandRun run = Run(command, source);
        run.Clean();
        Assert.Contains(run.Warnings, warning => warning.Contains(source) && warning.Contains("has 1 error: ") && warning.Contains("Test-CoreMLModel"));
        Assert.Equal("1", Run($"({command} -Force -WarningAction Ignore).SourceErrors.Count", source).Clean().Single().ToString());
        Assert.DoesNotContain(Run(command, Case(Sound)).Warnings, warning => warning.Contains("error"));
    }

    [Fact]
    public void Strict_RefusesASourceWithErrors_AndGoesOn()
    {
        CommandRun run = Run("ConvertTo-Fp16Model $args[0], $args[1] -Strict", Case(Broken), Case(Sound));
        Assert.Equal("SourceHasErrors", CommandRun.Id(Assert.Single(run.Errors)));
        Assert.Equal(["model"], run.Values("Name").Select(name => Path.GetFileNameWithoutExtension(name)!.Replace("_fp16", string.Empty)));
    }

    [Theory]
    [InlineData("@{}")]
    [InlineData("@{ config_type = 'OpLinearQuantizerConfig' }")]
    [InlineData("@{ config_type = 'OpLinearQuantizerConfig'; global_config = $null }")]
    public void Recipe_WithNothingToDo_ChangesNothingAndWarns(string recipe)
    {
        CommandRun run = Run($"Optimize-CoreMLModel $args[0] -Recipe {recipe}", Folder.Add(Workspace.Package, "net.mlpackage"));
        run.Clean();
        Assert.Equal(["Unchanged"], run.Values("Status"));
        Assert.Contains(run.Warnings, warning => warning.Contains("does not apply to any weight"));
    }

    [Fact]
    public void BlockQuantization_IsAWarning()
    {
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -BlockSize 32 -AllowOpsetUpgrade", Folder.Add("convnet_iOS18/fp32.mlpackage", "net.mlpackage"));
        run.Clean();
        Assert.Contains(run.Warnings, warning => warning.Contains("quantized per block, which the Neural Engine does not support"));
    }

    [Fact]
    public void MergeEqualWeights_StoresOnceWhatIsStoredTwice()
    {
        string source = Folder.Add("gpt_tiny_iOS18/fp32.mlpackage", "net.mlpackage");
        string duplicate = Run("(Get-CoreMLModel $args[0]).DuplicateWeightSize", source).Clean().Single().ToString()!;
        string notes = Run("(ConvertTo-Fp16Model $args[0] -MergeEqualWeights).Notes -join ' '", source).Clean().Single().ToString()!;
        Assert.Equal(duplicate != "0", notes.Contains("stored once"));
        Assert.Equal("0", Run("(Get-CoreMLModel $args[0]).DuplicateWeightSize", Folder["net_fp16.mlpackage"]).Clean().Single().ToString());
    }

    private string Case(string name)
    {
        string[] parts = name.Split('/');
        string target = Folder[parts[1]];
        using ZipArchive archive = ZipFile.OpenRead(Path.Combine(Repository.Root, "tests", "fixtures", "cases", "fragile.zip"));
        foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => entry.FullName.StartsWith(name + "/", System.StringComparison.Ordinal)))
        {
            string path = Path.Combine(target, Path.Combine(entry.FullName.Substring(name.Length + 1).Split('/')));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            entry.ExtractToFile(path);
        }

        return target;
    }
}
