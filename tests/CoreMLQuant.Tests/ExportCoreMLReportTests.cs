using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class ExportCoreMLReportTests : ModuleTest
{
    [Theory]
    [InlineData(Workspace.Package, "net.mlpackage")]
    [InlineData(Workspace.Network, "net.mlmodel")]
    public void Model_GetsAReportBesideIt(string fixture, string name)
    {
        string source = Folder.Add(fixture, name);
        string before = Workspace.Hash(source);
        CommandRun run = Run("Export-CoreMLReport $args[0]", source);
        FileInfo file = Assert.IsType<FileInfo>(run.Clean().Single().BaseObject);
        Assert.Equal((Folder["net_report.html"], true), (file.FullName, file.Exists));
        Assert.Equal($"<title>{name}</title>", Title(file.FullName));
        Assert.Equal(before, Workspace.Hash(source));
    }

    [Fact]
    public void Models_FromThePipeline_GoIntoAFolder()
    {
        Folder.Add(Workspace.Package, "models/a.mlpackage");
        Folder.Add(Workspace.Network, "models/[b].mlmodel");
        CommandRun run = Run("Get-CoreMLModel $args[0] | Export-CoreMLReport -DestinationPath $args[1]", Folder["models"], Folder["out/reports"]);
        run.Clean();
        Assert.Equal(["[b]_report.html", "a_report.html"], run.Values("Name").Order(System.StringComparer.Ordinal));
        Assert.True(File.Exists(Folder["out/reports/[b]_report.html"]));
    }

    [Fact]
    public void Conversion_IsComparedWithItsSource()
    {
        string source = Folder.Add(Workspace.Package, "net.mlpackage");
        CommandRun run = Run("ConvertTo-QuantizedModel $args[0] -WarningAction Ignore | Export-CoreMLReport", source);
        Assert.Equal([Folder["net_int8_report.html"]], run.Clean().Select(file => file.ToString()));
        string html = File.ReadAllText(Folder["net_int8_report.html"]);
        Assert.Equal("<title>net_int8.mlpackage compared with net.mlpackage</title>", Title(Folder["net_int8_report.html"]));
        Assert.Contains("Skipped weights", html);
        Assert.Contains("biases and vectors are not compressed", html);
    }

    [Theory]
    [InlineData("ConvertTo-PalettizedModel $args[0]", "1 sample of the calibration")]
    [InlineData("Optimize-CoreMLModel $args[0] -MinimumOutputSnr 20", "1 sample, held out")]
    public void Conversion_WithSamples_TellsWhatCameOut(string command, string samples)
    {
        string model = Folder.Add("photo_classifier/fp32.mlmodel", "a.mlmodel");
        Folder.AddPhoto("photos/0.png");
        Folder.AddPhoto("photos/1.png");
        string count = command.Contains("Minimum") ? "2" : "1";
        CommandRun run = Run(
            $"{command} -InputPath $args[1] -Count {count} -Resize Stretch -MinimumElementCount 100 -WarningAction Ignore -DestinationPath $args[2] | Export-CoreMLReport -DestinationPath $args[3]",
            model, Folder["photos"], Folder["out.mlmodel"], Folder["report.html"]);
        run.Clean();
        string html = File.ReadAllText(Folder["report.html"]);
        Assert.Contains("<dt>SNR of outputs</dt>", html);
        Assert.Contains("<dt>Same class</dt>", html);
        Assert.Contains(samples, html);
    }

    [Fact]
    public void Conversion_ThatChangedNothing_HasAReportThatSaysSo()
    {
        string source = Folder.Add(Workspace.Half, "net.mlpackage");
        CommandRun run = Run("ConvertTo-Fp16Model $args[0] | Export-CoreMLReport", source);
        run.Clean();
        Assert.Contains("<dd>exact</dd>", File.ReadAllText(Folder["net_report.html"]));
    }

    [Fact]
    public void Comparison_FromThePipeline_OrAsAnArgument()
    {
        string reference = Folder.Add("convnet_iOS18/fp32.mlpackage", "fp32.mlpackage");
        string difference = Folder.Add("convnet_iOS18/pal4_kmeans.mlpackage", "pal4.mlpackage");
        Run("Compare-CoreMLModel $args[0] $args[1] | Export-CoreMLReport", reference, difference).Clean();
        Run("Export-CoreMLReport -Comparison (Compare-CoreMLModel $args[0] $args[1]) -DestinationPath $args[2]", reference, difference, Folder["own.html"]).Clean();
        Assert.Equal("<title>pal4.mlpackage compared with fp32.mlpackage</title>", Title(Folder["own.html"]));
        Assert.Equal(File.ReadAllText(Folder["pal4_report.html"]), File.ReadAllText(Folder["own.html"]));
    }

    [Fact]
    public void Sensitivity_FromThePipeline_IsAReportOnEachModel()
    {
        CommandRun run = Run($"{Measured}; $null = $rows | Export-CoreMLReport; $rows.Where({{ $_.Path -like '*a.mlmodel' }}).Name", Models());
        Assert.All(["a", "b"], name => Assert.Contains("What compressing each weight costs", File.ReadAllText(Folder[$"{name}_report.html"])));
        Assert.Equal("<title>a.mlmodel</title>", Title(Folder["a_report.html"]));

        // Every row is in the table, not only the first.
        string[] names = run.Clean().Select(name => name.ToString()).ToArray();
        Assert.True(names.Length > 3);
        Assert.Equal(names.Length, Regex.Count(File.ReadAllText(Folder["a_report.html"]), "<td[^>]*>4-bit palettized \\(k-means\\)</td>"));
    }

    [Fact]
    public void Sensitivity_AsAnArgument_IsPartOfTheReport()
    {
        object[] models = Models();
        Run($"{Measured}; Export-CoreMLReport $args[0] -Sensitivity $rows", models).Clean();
        Run($"{Measured}; ConvertTo-QuantizedModel $args[0] -WarningAction Ignore | Export-CoreMLReport -Sensitivity $rows", models).Clean();
        Run($"{Measured}; $rows[0] | Export-CoreMLReport -DestinationPath $args[3]", [.. models, Folder["only.html"]]).Clean();
        Assert.All(["a_report.html", "a_int8_report.html", "only.html"], name => Assert.Contains("What compressing each weight costs", File.ReadAllText(Folder[name])));

        // Rows that were kept in a file draw the same.
        Run($"{Measured}; $rows[0] | Export-Csv $args[3]; Import-Csv $args[3] | Export-CoreMLReport -DestinationPath $args[4]", [.. models, Folder["rows.csv"], Folder["kept.html"]]).Clean();
        Assert.Equal(File.ReadAllText(Folder["only.html"]), File.ReadAllText(Folder["kept.html"]));
    }

    [Fact]
    public void Sensitivity_OfAnotherModel_Warns()
    {
        CommandRun run = Run($"{Measured}; Export-CoreMLReport $args[1] -Sensitivity $rows.Where({{ $_.Path -like '*a.mlmodel' }})", Models());
        Assert.Contains(run.Warnings, warning => warning.Contains("-Sensitivity has no row of"));
        Assert.DoesNotContain("What compressing each weight costs", File.ReadAllText(Folder["b_report.html"]));
    }

    [Fact]
    public void Report_ThatExists_IsReplacedOnlyWithForce()
    {
        string source = Folder.Add(Workspace.Network, "net.mlmodel");
        Folder.AddText("net_report.html", "mine");
        CommandRun run = Run("Export-CoreMLReport $args[0]", source);
        Assert.Equal(["DestinationExists"], run.ErrorIds);
        Assert.Equal("mine", File.ReadAllText(Folder["net_report.html"]));
        Run("Export-CoreMLReport $args[0] -Force", source).Clean();
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(Folder["net_report.html"]));
    }

    [Fact]
    public void File_ForTwoModels_AndOneName_AreErrorsForTheSecond()
    {
        Folder.Add(Workspace.Network, "net.mlmodel");
        Folder.Add(Workspace.Package, "net.mlpackage");
        CommandRun file = Run("Export-CoreMLReport $args[0] -DestinationPath $args[1]", Folder["net.*"], Folder["one.html"]);
        Assert.Equal(["DestinationNotAFolder"], file.ErrorIds);
        Assert.Single(file.Output);
        CommandRun beside = Run("Export-CoreMLReport $args[0]", Folder["net.*"]);
        Assert.Equal(["DestinationTaken"], beside.ErrorIds);
        Assert.Single(beside.Output);
    }

    [Theory]
    [InlineData("report.html/", "report.html/net_report.html")]
    [InlineData("report.HTML", "report.HTML")]
    [InlineData("report", "report/net_report.html")]
    public void Destination_IsAFolderOrAFile(string destination, string expected)
    {
        Session.SetLocation(Folder.Root);
        Folder.Add(Workspace.Network, "net.mlmodel");
        Assert.Equal([Folder[expected]], Run("Export-CoreMLReport net.mlmodel -DestinationPath $args[0]", destination).Clean().Select(file => file.ToString()));
    }

    [Fact]
    public void Destination_InsideAPackage_IsRefused()
    {
        string source = Folder.Add(Workspace.Package, "net.mlpackage");
        CommandRun run = Run("Export-CoreMLReport $args[0] -DestinationPath $args[1]", source, Path.Combine(source, "report.html"));
        Assert.Equal("InvalidDestination", CommandRun.Id(run.Terminating!));
    }

    [Fact]
    public void WhatIf_WritesNothing()
    {
        string source = Folder.Add(Workspace.Network, "net.mlmodel");
        string[] before = Folder.Entries();
        string shown = Session.Display("Export-CoreMLReport $args[0] -DestinationPath $args[1] -WhatIf", source, Folder["out"]);
        Assert.Contains("Write the report for", shown);
        Assert.Equal(before, Folder.Entries());
    }

    [Fact]
    public void WhatIsNoModel_IsAnError_AndLeavesNothing()
    {
        string bad = Folder.AddText("bad.mlmodel", "This is no model.");
        string good = Folder.Add(Workspace.Network, "good.mlmodel");
        CommandRun run = Run("$args[0], $args[1] | Export-CoreMLReport -DestinationPath $args[2]", bad, good, Folder["out"]);
        Assert.Equal(["NotAModel"], run.ErrorIds);
        Assert.Equal(["good_report.html"], run.Values("Name"));
        Run("Export-CoreMLReport $args[0] -DestinationPath $args[1]", bad, Folder["other"]);
        Assert.False(Directory.Exists(Folder["other"]));
    }

    [Fact]
    public void BothLegs_WriteTheSameBytes()
    {
        string source = Folder.Add(Workspace.Package, "net.mlpackage");
        foreach (string leg in new[] { "net10.0", "netstandard2.0" })
        {
            ShellRun run = ShellProcess.Run(
                Folder.Root,
                null,
                new Dictionary<string, string> { ["COREMLQUANT_LEG"] = leg },
                $"Export-CoreMLReport '{source}' -DestinationPath {leg}; ConvertTo-PalettizedModel '{source}' -BitWidth 2 -DestinationPath {leg} -WarningAction Ignore | Export-CoreMLReport -DestinationPath {leg}");
            Assert.True(run.ExitCode == 0, run.Error);
        }

        Assert.Equal(["net_pal2.mlpackage", "net_pal2_report.html", "net_report.html"], Directory.EnumerateFileSystemEntries(Folder["net10.0"]).Select(Path.GetFileName).Order());
        Assert.All(
            Directory.GetFiles(Folder["net10.0"]),
            file => Assert.Equal(File.ReadAllText(file), File.ReadAllText(Path.Combine(Folder["netstandard2.0"], Path.GetFileName(file)))));
    }

    private const string Measured = "$rows = Measure-CoreMLSensitivity $args[0], $args[1] -InputPath $args[2] -Resize Stretch -MinimumElementCount 100 -WarningAction Ignore";

    private object[] Models() => [Folder.Add("photo_classifier/fp32.mlmodel", "a.mlmodel"), Folder.Add("photo_classifier/fp32.mlmodel", "b.mlmodel"), Folder.AddPhoto("photos/0.png")];

    private static string Title(string path) => Regex.Match(File.ReadAllText(path), "<title>.*</title>").Value;
}
