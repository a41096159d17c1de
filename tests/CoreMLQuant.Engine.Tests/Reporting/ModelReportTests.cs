using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Comparison;
using CoreMLQuant.Conversion;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Reporting;
using CoreMLQuant.Sensitivity;
using CoreMLQuant.Tests.Mil;
using Xunit;

namespace CoreMLQuant.Tests.Reporting;

/// <summary>Reports hold what they are asked for, whatever names are in a model, and nothing that does not belong there.</summary>
public class ModelReportTests
{
    private static readonly string[] Float32Package = ["convnet_iOS18", "fp32.mlpackage"];

    public static TheoryData<string> Models => new(
        "convnet_iOS18/fp32.mlpackage",
        "convnet_iOS18/joint_prune50_pal4.mlpackage",
        "multifunction_iOS18/fp32.mlpackage",
        "nn_cnn/kmeans_lut4.mlmodel",
        "nn_pipeline/fp32.mlmodel",
        "pipeline_mlprogram/fp32.mlpackage");

    [Theory]
    [MemberData(nameof(Models))]
    public void OfModel_IsSoundAndListsEveryWeight(string fixture)
    {
        string path = TestFiles.Fixture(fixture.Split('/'));
        using ModelFile model = ModelFile.Open(path);
        ReportHtml report = Report(path).Sound();
        Assert.Equal(model.GetWeights().Select(weight => weight.Name), report.Column("weights", "Weight"));
        Assert.Equal(model.GetWeights().Select(weight => weight.EncodingName), report.Column("weights", "Encoding"));
        Assert.Equal(Path.GetFileName(path), report.Headings[0]);
        Assert.Equal(model.Describe().RequiredOS, report.Tile("Required OS"));
        Assert.Equal(model.Describe().Inputs.Concat(model.Describe().Outputs).Select(feature => feature.Name), report.Column("interface", "Name"));
    }

    [Fact]
    public void OfModel_Sensitivity_DrawsALineForEachRecipe()
    {
        ReportHtml report = new ReportHtml(ModelReport.Of(TestFiles.Fixture(Float32Package), sensitivity:
        [
            Row("late", 7, "Int8", 50), Row("early", 2, "Int8", 20), Row("same", 4, "Int8", double.PositiveInfinity),
            Row("early", 2, "4-bit palettized", 10), Row("late", 7, "4-bit palettized", null),
        ]).Html).Sound();
        Assert.Contains("What compressing each weight costs", report.Headings);
        Assert.Equal(["early", "early", "same", "late", "late"], report.Column("sensitivity", "Weight"));
        Assert.Equal(["20.0 dB", "10.0 dB", "exact", "50.0 dB", ""], report.Column("sensitivity", "SNR of outputs"));
        Assert.Contains("Lowest: 1: early (10.0 dB, 4-bit palettized), 2: early (20.0 dB, Int8), 3: late (50.0 dB, Int8).", report.Text);
        Assert.Contains("1 measurement without any change of the outputs is not shown. 1 measurement without a ratio is not shown.", report.Text);
        Assert.Contains("Estimated from 8 samples.", report.Text);

        // Two points make a path; the other recipe has one point.
        string wide = report.Charts.First(chart => chart.Attribute("aria-label")!.Value.Contains("for each weight")).ToString();
        Assert.Contains("fill-series-1", wide);
        Assert.Contains("stroke-series-1", wide);
        Assert.Contains("fill-series-2", wide);
        Assert.DoesNotContain("series-3", wide);
    }

    [Fact]
    public void OfModel_SensitivityOfManyRecipes_HasAColorForEach()
    {
        WeightSensitivity[] rows = [.. Enumerable.Range(0, 8).Select(recipe => Row("w", 1, $"recipe {recipe}", 30 + recipe))];
        ReportHtml report = new ReportHtml(ModelReport.Of(TestFiles.Fixture(Float32Package), sensitivity: rows).Html).Sound();
        Assert.Equal(2, report.Headings.Count(heading => heading == "Signal-to-noise ratio of the outputs in order of execution"));
        Assert.Equal(8, System.Text.RegularExpressions.Regex.Count(report.Text, "<li><span class=\"swatch series-\\d\"></span>recipe \\d</li>"));
    }

    [Fact]
    public void OfModel_SensitivityThatChangesNothing_HasATableAndNoChart()
    {
        ReportHtml report = new ReportHtml(ModelReport.Of(TestFiles.Fixture(Float32Package), sensitivity: [Row("w", 1, "Int8", double.PositiveInfinity)]).Html).Sound();
        Assert.Equal(["exact"], report.Column("sensitivity", "SNR of outputs"));
        Assert.DoesNotContain("in order of execution. Lowest", report.Text);
    }

    [Theory]
    [InlineData("pal4_kmeans.mlpackage", 16)]
    [InlineData("q8sym.mlpackage", null)]
    [InlineData("joint_prune50_pal4.mlpackage", 16)]
    public void OfModel_DrawsTheLevelsOfCompressedWeights(string variant, int? levels)
    {
        ReportHtml report = Report(TestFiles.Fixture("convnet_iOS18", variant));
        if (levels is { } count)
        {
            Assert.Contains($"All {count} levels are shown.", report.Text);
        }
        else
        {
            Assert.DoesNotContain("levels are shown", report.Text);
        }
    }

    [Fact]
    public void OfModel_WithoutWeights_SaysWhatThereIs()
    {
        using var scratch = new ScratchFolder();
        string path = new MilModelBuilder(5).Input("x").Op("relu", "y", ("x", "x")).Output("y").Write(scratch);
        ReportHtml report = Report(path).Sound();
        Assert.Empty(report.Charts);
        Assert.Equal(["x", "y"], report.Column("interface", "Name"));
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("</noscript><img src=x onerror=alert(1)>")]
    [InlineData("\"quoted\" & 'single' &amp; <!-- -->")]
    [InlineData("sub_{script}^{s}")]
    [InlineData("nul\0bell\a\u202Eoverride\uD800lone")]
    public void OfModel_WithNamesThatAreNotNames_ShowsThemAsText(string name)
    {
        using var scratch = new ScratchFolder();
        float[] values = Enumerable.Range(0, 40).Select(value => value / 7f).ToArray();
        string path = new MilModelBuilder(5).Input(name + "in").Const(name, values).Op("add", "y", ("x", name + "in"), ("y", name)).Output("y").Write(scratch);
        ReportHtml report = Report(path).Sound();

        string shown = new(name.Select(character => character is '\0' or '\a' or '\u202E' or '\uD800' ? '\uFFFD' : character).ToArray());
        Assert.Equal([shown], report.Column("weights", "Weight"));
        Assert.Contains(shown + "in", report.Column("interface", "Name"));
        Assert.Contains(shown, report.Headings);
        if (name.Length <= 22)
        {
            Assert.Contains(report.Charts, chart => chart.Elements("text").Concat(chart.Descendants("text")).Any(text => text.Value == shown));
        }
    }

    [Fact]
    public void OfModel_WithThousandsOfWeights_StaysSmall()
    {
        const int Count = 3000;
        using var scratch = new ScratchFolder();
        var builder = new MilModelBuilder(5).Input("x");
        for (int i = 0; i < Count; i++)
        {
            builder.Const($"weight_{i}", Enumerable.Range(0, 12).Select(value => (value - i) / 5f).ToArray());
        }

        ReportHtml report = Report(builder.Op("add", "y", ("x", "x"), ("y", "weight_0")).Output("y").Write(scratch)).Sound();
        Assert.Equal(Count, report.Rows("weights").Length);
        Assert.InRange(report.Charts.Sum(chart => chart.Descendants().Count()), 1, 1500);
        Assert.InRange(report.Text.Length, 0, Count * 500);
    }

    [Fact]
    public void OfConversion_TellsWhatWasSavedLostAndSkipped()
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(
            TestFiles.Fixture(Float32Package), scratch.Combine("small.mlpackage"), new PalettizationRecipe { BitWidth = 4 });
        ReportHtml report = new ReportHtml(ModelReport.Of(result).Html).Sound();

        Assert.Equal("small.mlpackage compared with fp32.mlpackage", report.Headings[0]);
        Assert.Equal(FormattableString.Invariant($"{result.MinSnr:0.0} dB"), report.Tile("Lowest SNR"));
        Assert.Equal(FormattableString.Invariant($"{result.Ratio:0.00}x"), report.Tile("Ratio"));
        Assert.Equal(result.Weights.Select(weight => weight.Name).Order(StringComparer.Ordinal), report.Column("weights", "Weight").Order(StringComparer.Ordinal));

        Dictionary<string, string> remarks = report.Column("weights", "Weight").Zip(report.Column("weights", "Remarks")).ToDictionary(pair => pair.First, pair => pair.Second);
        WeightResult[] skipped = result.Weights.Where(weight => weight.Action == nameof(WeightAction.Skip)).ToArray();
        Assert.NotEmpty(skipped);
        Assert.All(skipped, weight => Assert.StartsWith(weight.Reason, remarks[weight.Name]));
        Assert.Equal(skipped.Select(weight => weight.Reason).Distinct().Order(StringComparer.Ordinal), report.Column("skipped", "Reason").Order(StringComparer.Ordinal));
        Assert.Equal(skipped.Length, report.Column("skipped", "Weights").Sum(int.Parse));

        // The worst is marked: in the chart, by its own histogram, and in the table.
        string worst = result.Weights.Where(weight => weight.Snr is not null).MinBy(weight => weight.Snr)!.Name;
        Assert.Contains("1: " + worst, report.Headings);
        Assert.Contains($"<tr class=\"worst\"><td class=\"n\">{1 + Array.IndexOf(report.Column("weights", "Weight"), worst)}</td>", report.Text);
        Assert.Contains("All 16 levels are shown.", report.Text);
    }

    [Fact]
    public void OfConversion_PerChannel_DrawsTheLevelsOfTheWorstChannel()
    {
        using var scratch = new ScratchFolder();
        ConversionResult result = EngineRuns.Convert(
            TestFiles.Fixture(Float32Package), scratch.Combine("small.mlpackage"), new LinearQuantizationRecipe { BitWidth = 4 });
        Assert.Matches("The 1?\\d levels of output channel \\d+, the worst one, are shown\\.", ModelReport.Of(result).Html);
    }

    [Fact]
    public void OfComparison_OfTheSameModel_SaysThatNothingIsLost()
    {
        ReportHtml report = new ReportHtml(ModelReport.Of(Compare(TestFiles.Fixture(Float32Package), TestFiles.Fixture(Float32Package))).Html).Sound();
        Assert.Equal(("exact", "exact", "1.00x"), (report.Tile("Lowest SNR"), report.Tile("Median SNR"), report.Tile("Ratio")));
        Assert.All(report.Column("weights", "State"), state => Assert.Equal("same values", state));
        Assert.DoesNotContain("Error of each weight", report.Headings);
    }

    [Fact]
    public void OfComparison_ListsWhatHasNoCounterpartAndWhatElseDiffers()
    {
        ModelComparison comparison = Compare(TestFiles.Fixture("nn_cnn", "fp32.mlmodel"), TestFiles.Fixture("nn_embeds", "fp32.mlmodel"));
        ReportHtml report = new ReportHtml(ModelReport.Of(comparison).Html).Sound();
        Assert.NotEmpty(comparison.OnlyInReference);
        string[] states = report.Column("weights", "State");
        Assert.Equal(comparison.OnlyInReference.Count, states.Count(state => state == "only before"));
        Assert.Equal(comparison.OnlyInDifference.Count, states.Count(state => state == "only after"));
        Assert.Superset(comparison.OnlyInReference.Concat(comparison.OnlyInDifference).Select(weight => weight.Name).ToHashSet(), report.Column("weights", "Weight").ToHashSet());
        Assert.Equal(comparison.Differences.Count + comparison.Operations.Count, report.Rows("differences").Length);
    }

    [Fact]
    public void Html_IsTheSameEveryTime_WhereverTheModelStands()
    {
        using var scratch = new ScratchFolder();
        string copy = TestFiles.Copy(TestFiles.Fixture(Float32Package), scratch.Combine("elsewhere", "fp32.mlpackage"));
        Assert.Equal(ModelReport.Of(TestFiles.Fixture(Float32Package)).Html, ModelReport.Of(copy).Html);

        string small = TestFiles.Fixture("convnet_iOS18", "pal4_kmeans.mlpackage");
        string first = ModelReport.Of(Compare(copy, small)).Html;
        Assert.Equal(first, ModelReport.Of(Compare(TestFiles.Fixture(Float32Package), small)).Html);
        Assert.DoesNotContain(scratch.Path, first);
    }

    [Fact]
    public void Save_WritesTheFileWholeAndReplacesOnlyWhenAsked()
    {
        using var scratch = new ScratchFolder();
        ModelReport report = ModelReport.Of(TestFiles.Fixture("nn_cnn", "fp32.mlmodel"));
        string file = scratch.Combine("deep", "report.html");
        report.Save(file, new OutputOptions());
        Assert.Equal(report.Html, File.ReadAllText(file));
        Assert.Equal((byte)'<', File.ReadAllBytes(file)[0]);
        File.WriteAllText(file, "mine");
        Assert.Throws<DestinationExistsException>(() => report.Save(file, new OutputOptions()));
        Assert.Equal("mine", File.ReadAllText(file));
        report.Save(file, new OutputOptions { Overwrite = true });
        Assert.Equal(report.Html, File.ReadAllText(file));
        Assert.Single(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(file)!));
    }

    private static WeightSensitivity Row(string name, int order, string recipe, double? snr) => new("model", name)
    {
        WeightNames = [name],
        OpType = "conv",
        OpName = name,
        Order = order,
        WeightCount = 1,
        ElementCount = 10,
        Recipe = recipe,
        Before = 40,
        After = 10,
        Snr = snr,
        IsExact = false,
        SampleCount = 8,
    };

    private static ReportHtml Report(string path) => new(ModelReport.Of(path).Html);

    private static ModelComparison Compare(string reference, string difference)
    {
        using ModelFile first = ModelFile.Open(reference);
        using ModelFile second = ModelFile.Open(difference);
        return ModelComparer.Compare(first, second);
    }
}
