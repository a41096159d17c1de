using System;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class CompareCoreMLModelTests : ModuleTest
{
    private readonly string _reference;
    private readonly string _difference;

    public CompareCoreMLModelTests()
    {
        _reference = Folder.Add("convnet_iOS16/fp32.mlpackage", "a[1].mlpackage");
        _difference = Folder.Add("convnet_iOS16/pal4_kmeans.mlpackage", "b.mlpackage");
    }

    [Theory]
    [InlineData("Compare-CoreMLModel $args[0] $args[1]")]
    [InlineData("Compare-CoreMLModel -ReferencePath $args[0] -DifferencePath $args[1]")]
    [InlineData("Compare-CoreMLModel $args[0] ($args[1] -replace 'b\\.mlpackage$', '[b].ml*')")]
    [InlineData("Get-CoreMLModel -LiteralPath $args[1] | Compare-CoreMLModel $args[0]")]
    [InlineData("Get-CoreMLModel -LiteralPath $args[1] | Compare-CoreMLModel -ReferenceModel (Get-CoreMLModel -LiteralPath $args[0])")]
    [InlineData("Compare-CoreMLModel -ReferenceModel (Get-CoreMLModel -LiteralPath $args[0]) -DifferenceModel (Get-CoreMLModel $args[1])")]
    [InlineData("New-Object psobject -Property @{ SourcePath = $args[0]; Path = $args[1] } | Compare-CoreMLModel")]
    [InlineData("$ExecutionContext.InvokeProvider.Item.Get($args[1]) | Compare-CoreMLModel $args[0]")]
    public void Models_ComeInEveryWay(string script)
    {
        // New-Object is not in Microsoft.PowerShell.Core.
        script = script.Replace("New-Object psobject -Property @{", "[pscustomobject]@{");
        PSObject comparison = Run(script, _reference, _difference).Clean().Single();
        Assert.Equal((_reference, _difference), (comparison.Properties["ReferencePath"].Value, comparison.Properties["DifferencePath"].Value));
        Assert.InRange((double)comparison.Properties["MinSnr"].Value, 10, 40);
    }

    [Fact]
    public void Result_OfAConversion_BringsBothPaths()
    {
        CommandRun run = Run("ConvertTo-Fp16Model -LiteralPath $args[0] | Tee-Variable result | Compare-CoreMLModel; $result".Replace(" | Tee-Variable result", " -OutVariable result"), _reference);
        dynamic comparison = run.Clean()[0].BaseObject, result = run.Output[1].BaseObject;
        Assert.Equal((_reference, (string)result.Path), ((string)comparison.ReferencePath, (string)comparison.DifferencePath));
        Assert.Equal((double)result.MinSnr, (double)comparison.MinSnr, 1e-9);
        Assert.Equal((double)result.MaxError, (double)comparison.MaxError, 1e-12);
        Assert.Equal((long)result.After, (long)comparison.DifferenceSize);
    }

    [Fact]
    public void FailBelowSnr_WritesAnErrorForEachWeightBelow()
    {
        CommandRun run = Run("Compare-CoreMLModel $args[0] $args[1] -FailBelowSnr 21", _reference, _difference);
        dynamic comparison = run.Output.Single().BaseObject;
        var weights = ((System.Collections.IEnumerable)comparison.Weights).Cast<dynamic>().ToArray();
        string[] below = weights.Where(weight => weight.Snr < 21).Select(weight => (string)weight.Name).ToArray();
        Assert.InRange(below.Length, 1, weights.Length - 1);
        Assert.Null(run.Terminating);
        Assert.All(run.ErrorIds, id => Assert.Equal("WeightBelowSnr", id));
        Assert.Equal(below, run.Errors.Select(error => (string)((dynamic)error.TargetObject).Name));
        Assert.All(run.Errors, error => Assert.Contains("below 21.0 dB", error.ToString()));
        Run("Compare-CoreMLModel $args[0] $args[1] -FailBelowSnr 5", _reference, _difference).Clean();
    }

    [Fact]
    public void FailBelowSnr_WarnsOfWhatWasNotMeasured()
    {
        string other = Folder.Add(Workspace.Network, "other.mlmodel");
        CommandRun run = Run("Compare-CoreMLModel $args[0] $args[1] -FailBelowSnr -500", _reference, other);
        Assert.Contains("have no counterpart", Assert.Single(run.Warnings));
        Assert.Empty(Run("Compare-CoreMLModel $args[0] $args[1]", _reference, other).Warnings);
        string quantized = Folder.Add("nn_cnn/linear8.mlmodel", "quantized.mlmodel");
        CommandRun folded = Run("Compare-CoreMLModel $args[0] $args[1] -FailBelowSnr 30", other, quantized);
        folded.Clean();
        Assert.Empty(folded.Warnings);
        Assert.Contains(Run("Compare-CoreMLModel $args[0] $args[1] -Verbose", _reference, other).Verbose, line => line.StartsWith("Only in", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nosuch.mlmodel", "ModelNotFound")]
    [InlineData("nosuch*.mlmodel", "InvalidPath")]
    [InlineData("*.mlpackage", "InvalidPath")]
    [InlineData("text.mlmodel", "NotAModel")]
    public void OneThatIsNoModel_IsAnErrorAndTheRunGoesOn(string name, string id)
    {
        Folder.AddText("text.mlmodel", "This is no model, whatever its name may be.");
        CommandRun run = Run("@{ P = $args[1] }, @{ P = $args[2] } | ForEach-Object { [pscustomobject]@{ Path = $_.P } } | Compare-CoreMLModel $args[0]", _reference, Folder[name], _difference);
        Assert.Equal([id], run.ErrorIds);
        Assert.Single(run.Output);
    }

    [Theory]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($c))")]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($c, 2))")]
    public void Figures_SurviveSerialization(string copy)
    {
        CommandRun run = Run($"$c = Compare-CoreMLModel $args[0] $args[1]; foreach ($i in $c, ({copy})) {{ $i.MinSnr; $i.Weights.Count; $i.Weights[2].WorstChannelSnr; $i.Weights[2].Shape[0]; $i.Encodings[0].Encoding; $i.Operations.Count }}", _reference, _difference);
        object[] values = run.Clean().Select(value => value.BaseObject).ToArray();
        Assert.Equal(12, values.Length);
        Assert.Equal(values.Take(6), values.Skip(6));
    }

    [Fact]
    public void Views_ShowWhatMatters()
    {
        string shown = Session.Display("Compare-CoreMLModel $args[0] $args[1]", _reference, _difference);
        Assert.Contains("Palettized 4-bit", shown);
        Assert.Contains("RequiredOS", shown);
        Assert.Contains(" dB", shown);
        string[] lines = Session.Display("(Compare-CoreMLModel $args[0] $args[1]).Weights", _reference, _difference).Split('\n');
        Assert.Contains(lines, line => line.Contains("WorstChannel"));
        Assert.Contains(lines, line => line.Contains("Palettized 4-bit") && line.Contains(" dB"));
        Assert.All(lines, line => Assert.InRange(line.Length, 0, FixedScreen.Width));
        string alone = Session.Display("(Compare-CoreMLModel $args[0] $args[1]).OnlyInDifference", _reference, Folder.Add(Workspace.Network, "other.mlmodel"));
        Assert.Contains("the other model has no weight", alone.Replace("\n", " "));
    }
}
