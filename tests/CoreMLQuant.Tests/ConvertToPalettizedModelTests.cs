using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class ConvertToPalettizedModelTests : ModuleTest
{
    private const string Newest = "convnet_iOS18/fp32.mlpackage";

    // Two entries, the means of the negative and of the other values.
    private const string Signs = """
        {
            param($values, $bitWidth)
            [double] $low = 0; [double] $high = 0; $lowCount = 0
            $indices = [int[]]::new($values.Count)
            for ($i = 0; $i -lt $values.Count; $i++) {
                if ($values[$i] -lt 0) { $low += $values[$i]; $lowCount++ } else { $high += $values[$i]; $indices[$i] = 1 }
            }

            $table = ($low / [Math]::Max(1, $lowCount)), ($high / [Math]::Max(1, $values.Count - $lowCount))
            ANSWER
        }
        """;

    [Theory]
    [InlineData("", "4-bit palettized (k-means)", "_pal4", "Palettized")]
    [InlineData("-BitWidth 6 -Mode Uniform", "6-bit palettized (uniform)", "_pal6", "Palettized")]
    [InlineData("-BitWidth 2 -GroupSize 16", "2-bit palettized (k-means, groups of 16 channels)", "_pal2", "Palettized")]
    [InlineData("-VectorSize 2", "4-bit palettized (k-means, vectors of 2)", "_pal4", "Palettized")]
    [InlineData("-PerChannelScale", "4-bit palettized (k-means, per-channel scale)", "_pal4", "Palettized")]
    public void Parameters_AreTheRecipe(string parameters, string recipe, string suffix, string encoding)
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        CommandRun run = Run($"ConvertTo-PalettizedModel $args[0] {parameters}", source);
        run.Clean();
        Assert.Equal([recipe], run.Values("Recipe"));
        Assert.Equal([Folder[$"net{suffix}.mlpackage"]], run.Values("Path"));
        Assert.Contains(Run("Get-CoreMLWeight $args[0] -MinimumElementCount 2048", Folder[$"net{suffix}.mlpackage"]).Values("Encoding"), name => name.StartsWith(encoding));
    }

    [Fact]
    public void QuantizeLookupTable_IsTheRecipe()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        CommandRun run = Run("ConvertTo-PalettizedModel $args[0] -QuantizeLookupTable", source);
        run.Clean();
        Assert.Equal(["4-bit palettized (k-means, Int8 tables)"], run.Values("Recipe"));
        Assert.NotEqual(["0"], run.Values("Converted"));
    }

    [Theory]
    [InlineData("-BitWidth 9")]
    [InlineData("-Mode Unique -BitWidth 4")]
    [InlineData("-Mode Custom")]
    [InlineData("-Mode KMeans -LookupTableFunction { }")]
    [InlineData("-GroupSize -1")]
    [InlineData("-VectorSize 0")]
    [InlineData("-VectorSize 2 -Mode Uniform")]
    [InlineData("-VectorSize 4 -GroupSize 6")]
    [InlineData("-PerChannelScale -GroupSize 8")]
    [InlineData("-LookupTableFunction { } -PerChannelScale")]
    public void Contradiction_EndsTheRunBeforeAnyFile(string parameters)
    {
        CommandRun run = Run($"ConvertTo-PalettizedModel nosuchmodel.mlpackage {parameters}");
        Assert.Equal("InvalidRecipe", CommandRun.Id(run.Terminating!));
        Assert.Empty(run.Errors);
    }

    [Theory]
    [InlineData("@{ LookupTable = $table; Indices = $indices }")]
    [InlineData("[pscustomobject]@{ LookupTable = $table; Indices = $indices }")]
    [InlineData("$table, $indices")]
    public void Function_GivesTheTable_InAnyOfItsForms(string answer)
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        CommandRun run = Run($"ConvertTo-PalettizedModel $args[0] -BitWidth 1 -LookupTableFunction {Signs.Replace("ANSWER", answer)}", source);

        run.Clean();
        Assert.Equal(["1-bit palettized (custom)"], run.Values("Recipe"));
        CommandRun expected = Run("ConvertTo-PalettizedModel $args[0] -BitWidth 1 -DestinationPath $args[1]", source, Folder["kmeans"]);
        expected.Clean();

        // The means of both signs are nearly what k-means finds for weights around zero.
        double snr = (double)run.Output[0].Properties["MinSnr"].Value;
        Assert.InRange(snr, 1, (double)expected.Output[0].Properties["MinSnr"].Value + 1e-6);
    }

    [Fact]
    public void Function_IsGivenValuesAndBitWidth_AndSeesItsOwnVariables()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        CommandRun run = Run(
            """
            $seen = [Collections.Generic.List[string]]::new()
            $null = ConvertTo-PalettizedModel $args[0] -BitWidth 3 -GroupSize 32 -Include fc1* -LookupTableFunction {
                param($values, $bitWidth)
                $seen.Add("$($values.GetType().Name) $($values.Count) $bitWidth")
                @{ LookupTable = 0, 1; Indices = [int[]]::new($values.Count) }
            }
            $seen
            """,
            source);
        Assert.Equal(Enumerable.Repeat("Single[] 1024 3", 4), run.Clean().Select(text => text.ToString()));
    }

    [Theory]
    [InlineData("1", "returned 1 objects")]
    [InlineData("", "returned 0 objects")]
    [InlineData("@{ LookupTable = 1 }", "LookupTable and Indices")]
    [InlineData("@{ LookupTable = 'a', 'b'; Indices = 1 }", "lists of numbers")]
    [InlineData("@{ LookupTable = 0, 1; Indices = 0 }", "1 indices for")]
    [InlineData("@{ LookupTable = 0, 1, 2; Indices = [int[]]::new($args[0].Count) }", "3 entries")]
    [InlineData("@{ LookupTable = 0, [float]::NaN; Indices = [int[]]::new($args[0].Count) }", "not finite")]
    [InlineData("@{ LookupTable = 0, 1; Indices = @(2) * $args[0].Count }", "index 2 of value 0")]
    [InlineData("throw 'no idea'", "no idea")]
    [InlineData("nosuchcommand", "nosuchcommand")]
    public void Function_ThatGivesNoTable_IsAnErrorThatNamesTheWeight_AndNothingIsWritten(string body, string problem)
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        string[] before = Folder.Entries();

        CommandRun run = Run($"ConvertTo-PalettizedModel $args[0] -BitWidth 1 -LookupTableFunction {{ {body} }}", source);

        Assert.Null(run.Terminating);
        Assert.Equal(["RecipeNotApplicable"], run.ErrorIds);
        Assert.Contains(source, run.Errors[0].ToString());
        Assert.Contains("for weight '", run.Errors[0].ToString());
        Assert.Contains(problem, run.Errors[0].ToString());
        Assert.Equal(before, Folder.Entries());
    }

    [Fact]
    public void Stop_InsideTheFunction_EndsTheRun()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        string[] before = Folder.Entries();
        Run("$global:entered = [Threading.ManualResetEvent]::new($false)").Clean();
        var entered = (ManualResetEvent)Run("$global:entered").Clean().Single().BaseObject;
        using PowerShell shell = Session.Shell(
            "ConvertTo-PalettizedModel $args[0] -LookupTableFunction { $null = $global:entered.Set(); while ($true) { [Threading.Thread]::Sleep(10) } }",
            source);

        IAsyncResult running = shell.BeginInvoke();
        Assert.True(entered.WaitOne(HangGuard.Time));
        var stop = new Thread(shell.Stop) { IsBackground = true };
        stop.Start();
        Assert.True(stop.Join(HangGuard.Time), "The stop does not come through.");

        Assert.ThrowsAny<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Equal(before, Folder.Entries());
    }

    [Fact]
    public void Break_InsideTheFunction_LeavesTheLoopAround()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        string[] before = Folder.Entries();
        CommandRun run = Run("foreach ($i in 1..3) { $i; ConvertTo-PalettizedModel $args[0] -LookupTableFunction { break } }; 'after'", source);
        Assert.Equal(["1", "after"], run.Clean().Select(item => item.ToString()));
        Assert.Equal(before, Folder.Entries());
    }

    [Fact]
    public void Function_MayUseTheModuleItself()
    {
        string source = Folder.Add(Newest, "net.mlpackage");
        CommandRun run = Run(
            "ConvertTo-PalettizedModel $args[0] -BitWidth 1 -Include fc1* -LookupTableFunction { $null = Get-CoreMLModel $global:path; @{ LookupTable = 0, 1; Indices = [int[]]::new($args[0].Count) } }"
                .Insert(0, "$global:path = $args[0]; "),
            source);
        Assert.Equal(["Converted"], run.Values("Status"));
        run.Clean();
    }
}
