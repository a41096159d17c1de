using System;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class OutputComparisonTests : ModuleTest
{
    private readonly string _reference;
    private readonly string _difference;

    public OutputComparisonTests()
    {
        _reference = Folder.Add("image_classifier_str/fp32.mlpackage", "a.mlpackage");
        _difference = Folder.Add("image_classifier_str/pal4_kmeans.mlpackage", "b.mlpackage");
    }

    [Fact]
    public void Compare_WithItself_IsExact()
    {
        dynamic comparison = Run("Compare-CoreMLModel $args[0] $args[0] -RandomInput -Count 3", _reference).Clean().Single().BaseObject;
        dynamic[] outputs = Enumerable.ToArray(Enumerable.Cast<dynamic>(comparison.Outputs));
        Assert.NotEmpty(outputs);
        Assert.All(outputs, output => Assert.True(output.Snr is null || output.Snr == double.PositiveInfinity));
        Assert.All(outputs.Where(output => output.Top1Agreement is not null), output => Assert.Equal(1.0, (double)output.Top1Agreement));
        Assert.True((bool)comparison.ComparedOutputs.IsRandomInput);
    }

    [Fact]
    public void Compare_WithACompressedOne_HasFiguresForEachSampleAndLayer()
    {
        dynamic comparison = Run("Compare-CoreMLModel $args[0] $args[1] -RandomInput -Count 4 -Layer", _reference, _difference).Clean().Single().BaseObject;
        dynamic output = Enumerable.First(Enumerable.Cast<dynamic>(comparison.Outputs), (Func<dynamic, bool>)(item => item.KullbackLeibler is not null));
        Assert.InRange((double)output.Snr, 5, 60);
        Assert.InRange((double)output.WorstSnr, 0, (double)output.MedianSnr);
        Assert.True((double)output.KullbackLeibler >= 0);
        Assert.Equal(4, Enumerable.Count(Enumerable.Cast<object>(output.Samples)));
        Assert.Equal(1.0, (double)output.Top5Agreement);
        Assert.True(Enumerable.Count(Enumerable.Cast<object>(comparison.Layers)) > 2);
    }

    [Fact]
    public void Compare_SamplesThatHoldNaNOrDoNotFit_AreAllRefusedBeforeOneRuns()
    {
        string model = Folder.Add("convnet_iOS16/fp32.mlpackage", "net.mlpackage");
        const string Samples = "$a = [float[]]::new(3072); $b = [float[]]::new(3072); $b[7] = [float]::NaN; $samples = @{ image = $a }, @{ image = $b }, @{ other = 1 };";
        CommandRun run = Run($"{Samples} Compare-CoreMLModel $args[0] $args[0] -InputObject $samples", model);
        Assert.Equal(["InputMismatch"], run.ErrorIds);
        Assert.Contains("2 samples do not fit", run.Errors[0].ToString());
        Assert.Contains("Input 'image' holds NaN (value 8).", run.Errors[0].ToString());
        Assert.Contains("There is no input 'other'", run.Errors[0].ToString());
    }

    [Fact]
    public void Compare_InfinityThatDoesHarm_Warns()
    {
        string model = Folder.Add("convnet_iOS16/fp32.mlpackage", "net.mlpackage");
        CommandRun run = Run("$a = [float[]]::new(3072); $a[2] = [float]::NegativeInfinity; $a[3] = [float]::PositiveInfinity; Compare-CoreMLModel $args[0] $args[0] -InputObject @{ image = $a }", model);
        run.Clean();
        Assert.Contains("'1': Input 'image' holds infinity (value 3)", Assert.Single(run.Warnings));
    }

    [Fact]
    public void FailBelow_WritesAnErrorForEachOutputBelow()
    {
        CommandRun run = Run("Compare-CoreMLModel $args[0] $args[1] -RandomInput -Count 2 -FailBelowOutputSnr 200", _reference, _difference);
        Assert.NotEmpty(run.Errors);
        Assert.All(run.ErrorIds, id => Assert.Equal("OutputBelowSnr", id));
        Assert.All(run.Errors, error => Assert.Contains("below 200.0 dB", error.ToString()));
        Run("Compare-CoreMLModel $args[0] $args[1] -RandomInput -Count 2 -FailBelowOutputSnr 1", _reference, _difference).Clean();
        Run("Compare-CoreMLModel $args[0] $args[0] -RandomInput -Count 2 -FailBelowAgreement 1", _reference).Clean();
    }

    [Fact]
    public void Report_TellsOutputsSamplesAndLayers()
    {
        string report = Folder["report.html"];
        Run("Compare-CoreMLModel $args[0] $args[1] -RandomInput -Count 3 -Layer | Export-CoreMLReport -DestinationPath $args[2]", _reference, _difference, report).Clean();
        string html = System.IO.File.ReadAllText(report);
        Assert.Contains("Both models ran on 3 samples. The inputs were drawn at random", html);
        Assert.Contains("random 3", html);
        Assert.Contains("Where the error begins", html);
        Assert.Contains("Intermediate value, in order of execution", html);
    }

    [Fact]
    public void Report_OfImages_ShowsABoundedNumberOfThemWithTheirClasses()
    {
        string images = Folder["images"];
        for (int i = 0; i < 30; i++)
        {
            Folder.AddPhoto($"images/photo {i:00} & b.png");
        }

        string report = Folder["report.html"];
        Run("Compare-CoreMLModel $args[0] $args[1] -InputPath $args[2] -Resize Stretch | Export-CoreMLReport -DestinationPath $args[3]", _reference, _difference, images, report).Clean();
        string html = System.IO.File.ReadAllText(report);
        Assert.Equal(24, html.Split("<img ").Length - 1);
        Assert.Equal(24, html.Split("src=\"data:image/png;base64,").Length - 1);
        Assert.Equal(24, html.Split("<span>Before: ").Length - 1);
        Assert.Contains("photo 00 &amp; b", html);
        Assert.Contains("img-src data:", html);
    }

    [Fact]
    public void Views_ShowOutputs()
    {
        string shown = Session.Display("Compare-CoreMLModel $args[0] $args[1] -RandomInput -Count 2", _reference, _difference);
        Assert.Contains("2 random samples", shown);
        Assert.Contains("worst sample", shown);
        string table = Session.Display("(Compare-CoreMLModel $args[0] $args[1] -RandomInput -Count 2).Outputs", _reference, _difference);
        Assert.Contains("MedianSnr", table);
        Assert.All(table.Split('\n'), line => Assert.InRange(line.Length, 0, FixedScreen.Width));
    }
}
