using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>Objects that stand for a model by their path, and folders that stand for the models in them.</summary>
public sealed class PathObjectTests : ModuleTest
{
    // A name that as a wildcard would match another model.
    private const string Brackets = "q[1].mlmodel";

    [Theory]
    [InlineData("Get-CoreMLModel -LiteralPath $args[0] | Select-Object Path, Size | Get-CoreMLModel")]
    [InlineData("[pscustomobject]@{ SourcePath = 'no'; ModelPath = 'no'; FullName = 'no'; PSPath = 'no'; Path = $args[0] } | Get-CoreMLModel")]
    [InlineData("[pscustomobject]@{ SourcePath = 'no'; ModelPath = 'no'; FullName = 'no'; PSPath = $args[0] } | Get-CoreMLModel")]
    [InlineData("[pscustomobject]@{ SourcePath = 'no'; ModelPath = 'no'; FullName = $args[0] } | Get-CoreMLModel")]
    [InlineData("[pscustomobject]@{ SourcePath = 'no'; ModelPath = $args[0] } | Get-CoreMLModel")]
    [InlineData("Get-CoreMLModel -LiteralPath $args[0] | ConvertTo-Csv | ConvertFrom-Csv | Get-CoreMLModel")]
    [InlineData("Get-Item -LiteralPath $args[0] | Get-CoreMLModel")]
    [InlineData("Get-CoreMLModel (Get-Item -LiteralPath $args[0])")]
    [InlineData("Get-CoreMLModel -LiteralPath (Get-Item -LiteralPath $args[0])")]
    [InlineData("Get-CoreMLModel ([IO.FileInfo]$args[0])")]
    [InlineData("Get-CoreMLModel (Get-CoreMLModel -LiteralPath $args[0] | Select-Object Path)")]
    [InlineData("Get-CoreMLModel @{ Path = $args[0] }")]
    [InlineData("$m = Get-CoreMLModel -LiteralPath $args[0]; [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($m)) | Get-CoreMLModel")]
    [InlineData("Get-CoreMLWeight -LiteralPath $args[0] | Select-Object -First 1 ModelPath | Get-CoreMLModel")]
    [InlineData("Test-CoreMLModel -LiteralPath $args[0] | Where-Object { $_ } | Get-CoreMLModel")]
    [InlineData("Get-CoreMLModel (Test-CoreMLModel -LiteralPath $args[0])")]
    [InlineData("Test-CoreMLModel -LiteralPath $args[0] | ConvertTo-Csv | ConvertFrom-Csv | Where-Object IsValid -eq True | Get-CoreMLModel")]
    [InlineData("Test-CoreMLModel -LiteralPath $args[0] -Detailed | Select-Object Path | Get-CoreMLModel")]
    public void Object_StandsForItsLiteralPath(string script)
    {
        string model = Folder.Add(Workspace.Network, Brackets);
        Folder.Add(Workspace.Network, "q1.mlmodel");
        CommandRun run = Run(script, model);
        Assert.Equal([model], run.Clean().Select(item => item.ToString()));
        Assert.Empty(run.Warnings);
    }

    [Fact]
    public void Object_ConvertsAsAnyPath()
    {
        string model = Folder.Add(Workspace.Network, Brackets);
        Assert.Equal([model], Run("Get-CoreMLModel -LiteralPath $args[0] | Select-Object Path, Size | ConvertTo-Fp16Model", model).Values("SourcePath"));
        CommandRun run = Run("Compare-CoreMLModel (Get-CoreMLModel -LiteralPath $args[0]) (Get-Item -LiteralPath $args[1])", model, Folder["q[1]_fp16.mlmodel"]);
        Assert.Equal([Folder["q[1]_fp16.mlmodel"]], run.Values("DifferencePath"));
    }

    [Fact]
    public void Object_WithoutAPath_IsAnErrorThatSaysSo()
    {
        CommandRun run = Run("[pscustomobject]@{ SourcePath = 'x' } | Get-CoreMLModel");
        Assert.Single(run.Errors);
        Assert.DoesNotContain("@{", run.Errors[0].ToString());
        Assert.Contains("FullName", Run("Get-CoreMLModel ([pscustomobject]@{ Size = 1 })").Terminating!.ToString());
    }

    [Theory]
    [InlineData("ConvertTo-QuantizedModel $args[0] -PlanOnly", "ConversionPlan")]
    [InlineData("(ConvertTo-Fp16Model $args[0] -Force).Weights[0]", "WeightResult")]
    [InlineData("ConvertTo-Fp16Model $args[0] -Force | Compare-CoreMLModel", "ModelComparison")]
    [InlineData("(Get-CoreMLModel $args[0]).Outputs", "ModelFeature")]
    [InlineData("Get-Date", "DateTime")]
    [InlineData("42", "Int32")]
    [InlineData("$true", "Boolean")]
    public void Object_ThatIsNoModel_IsAnErrorThatSaysSo(string script, string type)
    {
        string model = Folder.Add(Workspace.Package, "net.mlpackage");
        string expected = $"An object of the type {type} does not stand for a model";
        CommandRun run = Run($"{script} | Get-CoreMLModel", model);
        Assert.Empty(run.Output);
        Assert.Contains(expected, Assert.Single(run.Errors).ToString());
        Assert.Contains(expected, Run($"Get-CoreMLModel ({script})", model).Terminating!.ToString());
    }

    [Fact]
    public void Line_OfAFile_IsThePathThatItSays()
    {
        string model = Folder.Add(Workspace.Network, "net.mlmodel"), list = Folder.AddText("list.txt", model);
        Assert.Equal([model], Run("Get-Content $args[0] | Get-CoreMLModel", list).Clean().Select(item => item.ToString()));
    }

    [Fact]
    public void Comparison_StandsForNoModel_ButHasAReport()
    {
        string model = Folder.Add(Workspace.Network, "net.mlmodel");
        Assert.Single(Run("ConvertTo-Fp16Model $args[0] | Compare-CoreMLModel | Export-CoreMLReport -DestinationPath $args[1]", model, Folder["out"]).Clean());
        Assert.Contains("DateTime does not stand for a model", Assert.Single(Run("Get-Date | Export-CoreMLReport").Errors).ToString());
    }

    [Theory]
    [InlineData("Get-CoreMLModel", "Path")]
    [InlineData("Get-CoreMLWeight", "ModelPath")]
    [InlineData("Test-CoreMLModel -Detailed", "Path")]
    [InlineData("ConvertTo-Fp16Model -PlanOnly", "SourcePath")]
    [InlineData("ConvertTo-QuantizedModel -PlanOnly", "SourcePath")]
    [InlineData("Invoke-CoreMLModel -RandomInput", "ModelPath")]
    public void Folder_StandsForItsModels(string command, string property)
    {
        string a = Folder.Add(Workspace.Network, "models/a.mlmodel"), b = Folder.Add(Workspace.Package, "models/sub/b.mlpackage");
        Folder.AddText("models/readme.txt", "no model");
        Assert.Equal([a], Run($"{command} -Path $args[0]", Folder["models"]).Values(property).Distinct());
        Assert.Equal([a, b], Run($"{command} -LiteralPath $args[0] -Recurse", Folder["models"]).Values(property).Distinct());
    }

    [Fact]
    public void Folder_OfReports()
    {
        Folder.Add(Workspace.Network, "models/a.mlmodel");
        Assert.Equal(["a_report.html"], Run("Export-CoreMLReport $args[0] -DestinationPath $args[1]", Folder["models"], Folder["out"]).Values("Name"));
    }

    [Fact]
    public void Folder_WithoutModels_Warns()
    {
        string empty = Directory.CreateDirectory(Folder["empty"]).FullName;
        CommandRun run = Run("ConvertTo-Fp16Model $args[0]", empty);
        Assert.Empty(run.Clean());
        Assert.Contains("-Recurse", Assert.Single(run.Warnings));
    }
}
