using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class InvokeCoreMLModelTests : ModuleTest
{
    private readonly string _model;

    public InvokeCoreMLModelTests() => _model = Folder.Add("convnet_iOS16/fp32.mlpackage", "net.mlpackage");

    [Fact]
    public void RandomInput_IsTheSameForTheSameSeed()
    {
        CommandRun run = Run("Invoke-CoreMLModel $args[0] -RandomInput -Seed 7 -Count 2; Invoke-CoreMLModel $args[0] -RandomInput -Seed 7; Invoke-CoreMLModel $args[0] -RandomInput -Seed 8", _model);
        Assert.Equal(["random 1", "random 2", "random 1", "random 1"], run.Clean().Select(item => (string)item.Properties["Sample"].Value));
        float[][] outputs = run.Output.Select(item => Values(item)).ToArray();
        Assert.Equal(outputs[0], outputs[2]);
        Assert.NotEqual(outputs[0], outputs[1]);
        Assert.NotEqual(outputs[0], outputs[3]);
        Assert.All(run.Output, item => Assert.Equal(true, item.Properties["IsRandom"].Value));
    }

    [Fact]
    public void Outputs_ReadWellInPowerShell()
    {
        CommandRun run = Run(
            "$r = Invoke-CoreMLModel $args[0] -RandomInput; $name = @($r.Outputs.Keys)[0]; $o = $r.Outputs.$name; "
            + "$o.Values.Count; $o.Shape.Count; $o[0]; $o.Values[0]; $o[-1]; $o.Values[-1]; $r.Elapsed -gt 0",
            _model);
        object[] values = run.Clean().Select(value => value.BaseObject).ToArray();
        Assert.Equal((values[2], values[4], true), (values[3], values[5], values[6]));
    }

    [Fact]
    public void OutputPath_HoldsWhatComesOut_AndGoesInAgainAsExpected()
    {
        string path = Folder["new/out.npz"];
        CommandRun run = Run("Invoke-CoreMLModel $args[0] -RandomInput -Count 3 -OutputPath $args[1]", _model, path);
        Assert.Equal(3, run.Clean().Count);
        PSObject comparison = Run("Compare-CoreMLModel $args[0] $args[0] -RandomInput -Count 3 -ExpectedPath $args[1]", _model, path).Clean().Single();
        dynamic outputs = comparison.Properties["Outputs"].Value;
        Assert.Equal(double.PositiveInfinity, (double)outputs[0].Snr);
        Assert.Equal(3, Enumerable.Count(Enumerable.Cast<object>(outputs[0].Samples)));
        Assert.Equal(["DestinationExists"], Run("Invoke-CoreMLModel $args[0] -RandomInput -OutputPath $args[1]", _model, path).ErrorIds);
        Run("Invoke-CoreMLModel $args[0] -RandomInput -OutputPath $args[1] -Force", _model, path).Clean();
        Assert.Equal([path], Directory.GetFiles(Folder["new"]));
    }

    [Theory]
    [InlineData("Get-CoreMLModel $args[0] | Invoke-CoreMLModel -RandomInput")]
    [InlineData("$args[0] | Invoke-CoreMLModel -RandomInput")]
    [InlineData("Invoke-CoreMLModel -LiteralPath $args[0] -RandomInput")]
    [InlineData("Invoke-CoreMLModel ($args[0] -replace 'net', 'n?t') -RandomInput")]
    public void Models_ComeInEveryWay(string script) => Assert.Single(Run(script, _model).Clean());

    [Fact]
    public void PipedInputs_AreSamples_AndWhatIsNoneIsPassedOver()
    {
        string name = Input();
        Folder.AddText("samples/a.txt", "no sample");
        Folder.AddText("samples/b.json", $"{{ \"{name}\": 1 }}");
        CommandRun run = Run(ChildItems + " | Invoke-CoreMLModel $args[1] -Verbose", Folder["samples"], _model);
        Assert.Equal(["InputMismatch"], run.ErrorIds);
        Assert.Contains(run.Verbose, line => line.Contains("passed over"));
        Assert.Contains($"Input '{name}' is Float32 [", run.Errors[0].ToString());
    }

    [Fact]
    public void Mismatches_AreToldAllAtOnce_AndTheRunGoesOn()
    {
        string name = Input();
        CommandRun run = Run("@{ no = 1; photo = './x.png' }, @{ $args[1] = 1, 2 } | Invoke-CoreMLModel $args[0]", _model, name);
        Assert.Equal(["InputMismatch", "InputMismatch"], run.ErrorIds);
        string message = run.Errors[0].ToString();
        Assert.Contains("There is no input 'no'", message);
        Assert.Contains("There is no input 'photo'", message);
        Assert.Contains($"Input '{name}' (Float32 [", message);
    }

    [Theory]
    [InlineData("Invoke-CoreMLModel $args[0]", "IncompatibleParameters")]
    [InlineData("Invoke-CoreMLModel $args[0] -RandomInput -InputPath $args[0]", "IncompatibleParameters")]
    [InlineData("Invoke-CoreMLModel $args[0] -InputPath ./nosuch.npz", "InvalidSampleData")]
    [InlineData("Invoke-CoreMLModel $args[0] -InputObject @{ x = './nosuch.png' }", "InputMismatch")]
    [InlineData("Invoke-CoreMLModel ./nosuch.mlmodel -RandomInput", "ModelNotFound")]
    [InlineData("Invoke-CoreMLModel $args[0] -RandomInput -TimeoutSeconds 0.000001", "RunFailed")]
    [InlineData("Compare-CoreMLModel $args[0] $args[0] -FailBelowOutputSnr 20", "IncompatibleParameters")]
    public void WrongUse_IsAnErrorWithAStableId(string script, string id)
    {
        CommandRun run = Run(script, _model);
        string[] ids = run.Terminating is { } terminating ? [CommandRun.Id(terminating)] : run.ErrorIds;
        Assert.Contains(id, ids);
    }

    [Fact]
    public void NaNInAnInput_IsWarnedOfOncePerSample_AndTheResultIsTheSame()
    {
        const string Samples = "$n = 3072; $a = [float[]]::new($n); $a[7] = [float]::NaN; $b = [float[]]::new($n);";
        CommandRun run = Run($"{Samples} Invoke-CoreMLModel $args[0] -InputObject @{{ image = $a }}, @{{ image = $b }}, @{{ image = $a }}", _model);
        Assert.Equal(3, run.Clean().Count);
        Assert.Equal(2, run.Warnings.Count);
        Assert.All(run.Warnings, warning => Assert.Contains("Input 'image' holds NaN (value 8).", warning));
        Assert.Contains("'1'", run.Warnings[0]);
        Assert.Contains("'3'", run.Warnings[1]);
        Assert.Contains(Values(run.Output[0]), float.IsNaN);
        Assert.DoesNotContain(Values(run.Output[1]), float.IsNaN);
    }

    [Fact]
    public void InfinityInAnInput_IsWarnedOfWhereAnOutputIsNotFinite()
    {
        CommandRun run = Run("$a = [float[]]::new(3072); $a[2] = [float]::NegativeInfinity; $a[3] = [float]::PositiveInfinity; Invoke-CoreMLModel $args[0] -InputObject @{ image = $a }", _model);
        Assert.DoesNotContain(Values(run.Clean().Single()), float.IsInfinity);
        Assert.Matches(@"Input 'image' holds infinity \(value 3\), and output '.+' is not finite\.", Assert.Single(run.Warnings));
    }

    [Fact]
    public void Results_SurviveSerialization()
    {
        CommandRun run = Run(
            "$r = Invoke-CoreMLModel $args[0] -RandomInput; foreach ($i in $r, ([Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($r)))) "
            + "{ $o = @($i.Outputs.Values)[0]; $o.Values.Count; $o.Shape.Count; $o.Values[1]; $i.Sample }",
            _model);
        object[] values = run.Clean().Select(value => value.BaseObject).ToArray();
        Assert.Equal(values.Take(4), values.Skip(4));
    }

    [Fact]
    public void IsRunnable_IsToldWithoutRunning() =>
        Assert.Equal(true, Run("(Get-CoreMLModel $args[0]).IsRunnable", _model).Clean().Single().BaseObject);

    [Fact]
    public void Test_Detailed_ListsWhatCannotBeRun()
    {
        string tree = Folder.Add(Workspace.Network, "net.mlmodel");
        CommandRun run = Run("(Test-CoreMLModel $args[0] -Detailed).Findings | Where-Object Rule -eq NotRunnable", tree);
        bool isRunnable = (bool)Run("(Get-CoreMLModel $args[0]).IsRunnable", tree).Clean().Single().BaseObject;
        Assert.Equal(isRunnable, run.Clean().Count == 0);
        Assert.All(run.Output, finding => Assert.Equal("Information", finding.Properties["Severity"].Value.ToString()));
    }

    [Fact]
    public void Views_ShowSampleResultAndTime()
    {
        string shown = Session.Display("Invoke-CoreMLModel $args[0] -RandomInput -Count 2", _model);
        Assert.Contains("Result", shown);
        Assert.Contains("random 2", shown);
        Assert.Contains(" ms", shown);
        Assert.All(shown.Split('\n'), line => Assert.InRange(line.Length, 0, FixedScreen.Width));
    }

    private static float[] Values(PSObject run) => ((dynamic)((dynamic)run.BaseObject).Outputs)[0].Values;

    private string Input() => (string)Run("(Get-CoreMLModel $args[0]).Inputs[0].Name", _model).Clean().Single().BaseObject;
}
