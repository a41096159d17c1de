using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>
/// In a batch, one model is flushed while the next is computed. A lookup table function is called in the middle of computing a model: what it
/// finds on disk and in the output is what holds at that moment.
/// </summary>
public sealed class FlushTests : ModuleTest
{
    private const string Signs =
        """
        $indices = [int[]]::new($values.Count)
        for ($i = 0; $i -lt $values.Count; $i++) { if ($values[$i] -ge 0) { $indices[$i] = 1 } }
        @{ LookupTable = -0.1, 0.1; Indices = $indices }
        """;

    private const string Palettize = "ConvertTo-PalettizedModel -BitWidth 1 -WarningAction Ignore -Include fc1* -DestinationPath $args[1]";

    [Fact]
    public void Batch_WhileTheNextModelIsComputed_TheOneBeforeGetsItsPlace()
    {
        AddModels(3);
        CommandRun run = Run(
            $$"""
            $models = Get-Item $args[0]
            $written = [Collections.Generic.List[string]]::new()
            $seen = [Collections.Generic.List[string]]::new()
            $computed = 0
            $models | {{Palettize}} -LookupTableFunction {
                param($values, $bitWidth)
                $script:computed++
                if ($script:computed -gt 1) {
                    # The flush of the model before this one ends while this one is computed, or never.
                    $before = Join-Path $args0 "net$($script:computed - 1)_pal1.mlpackage"
                    $deadline = [DateTime]::UtcNow.AddMinutes(10)
                    while (-not (Test-Path $before) -and [DateTime]::UtcNow -lt $deadline) { [Threading.Thread]::Sleep(5) }
                    $seen.Add("$($script:computed): $(Test-Path $before) $($written.Count -ge $script:computed - 2)")
                }

                {{Signs}}
            } | ForEach-Object { $written.Add($_.Path); if (-not (Test-Path $_.Path)) { throw 'It is not there.' } }
            $seen
            $written | Split-Path -Leaf
            """.Replace("$args0", "'" + Folder["out"] + "'"),
            Folder["*.mlpackage"],
            Folder["out"]);

        // While one is computed, the one before it is in its place, and those before that have come out.
        Assert.Equal(
            ["2: True True", "3: True True", "net1_pal1.mlpackage", "net2_pal1.mlpackage", "net3_pal1.mlpackage"],
            run.Clean().Select(item => item.ToString()));
    }

    [Fact]
    public void Batch_EndedByWhatFollows_CompletesTheModelThatIsWritten()
    {
        AddModels(3);
        CommandRun run = Run($"Get-Item $args[0] | ConvertTo-Fp16Model -ThrottleLimit 1 -WarningAction Ignore -DestinationPath $args[1] | Select-Object -First 1", Folder["*.mlpackage"], Folder["out"]);

        // The first result comes out when the second model is written.
        Assert.Equal([Folder["out/net1_fp16.mlpackage"]], run.Clean().Select(item => (string)item.Properties["Path"].Value));
        AssertWhole("net1_fp16.mlpackage", "net2_fp16.mlpackage");
    }

    [Fact]
    public void Batch_Stopped_CompletesTheModelThatIsWritten()
    {
        AddModels(2);
        using var entered = new ManualResetEvent(false);
        using PowerShell shell = Session.Shell(
            $$"""
            $entered = $args[2]
            $computed = 0
            Get-Item $args[0] | {{Palettize}} -LookupTableFunction {
                param($values, $bitWidth)
                $script:computed++
                if ($script:computed -gt 1) { $null = $entered.Set(); while ($true) { [Threading.Thread]::Sleep(10) } }
                {{Signs}}
            }
            """,
            Folder["*.mlpackage"],
            Folder["out"],
            entered);
        IAsyncResult running = shell.BeginInvoke();
        Assert.True(entered.WaitOne(HangGuard.Time));
        shell.Stop();

        Assert.ThrowsAny<PipelineStoppedException>(() => shell.EndInvoke(running));
        AssertWhole("net1_pal1.mlpackage");
    }

    [Theory]
    [InlineData("ConvertTo-OnnxModel", ".onnx")]
    [InlineData("Export-CoreMLReport", "_report.html")]
    [InlineData("ConvertTo-Fp16Model", "_fp16.mlmodel")]
    public void NoFlush_OnEveryCommandThatWrites_GivesTheSameBytes(string command, string suffix)
    {
        string model = Folder.Add(Workspace.NewerNetwork, "net.mlmodel");
        Run($"{command} $args[0] -DestinationPath $args[1]", model, Folder["waited"]).Clean();
        Run($"{command} $args[0] -DestinationPath $args[1] -NoFlush", model, Folder["quick"]).Clean();
        Assert.Equal(File.ReadAllBytes(Folder["waited/net" + suffix]), File.ReadAllBytes(Folder["quick/net" + suffix]));
    }

    private void AddModels(int count)
    {
        for (int i = 1; i <= count; i++)
        {
            Folder.Add("convnet_iOS18/fp32.mlpackage", $"net{i}.mlpackage");
        }
    }

    private void AssertWhole(params string[] names)
    {
        Assert.Equal(names, Directory.GetFileSystemEntries(Folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal(true, Run("Test-CoreMLModel $args[0]", Folder["out/" + name]).Clean().Single().BaseObject));
    }
}
