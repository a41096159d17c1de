using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using System.Threading.Tasks;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>What -LogPath writes, and where it does not.</summary>
public sealed class LogTests : ModuleTest
{
    private const string ToFolder = "ConvertTo-Fp16Model $args[0] -DestinationPath $args[1] -WarningAction Ignore";

    [Fact]
    public void HasOneLineOfJsonForEachResultAndError_AndIsAppendedTo()
    {
        Folder.Add(Workspace.Network, "in/a.mlmodel");
        Folder.AddText("in/b \"b\".mlmodel", "no model");
        Folder.Add(Workspace.Network, "in/c.mlmodel");
        string log = Folder["log/batch.jsonl"];
        Directory.CreateDirectory(Folder["log"]);
        Run(ToFolder + " -LogPath $args[2]", Folder["in/*"], Folder["out"], log);
        Run(ToFolder + " -LogPath $args[2] -SkipExisting", Folder["in/*"], Folder["out"], log);

        JsonElement[] lines = File.ReadAllLines(log).Select(line => JsonDocument.Parse(line).RootElement).ToArray();

        Assert.Equal(["Converted", "Failed", "Converted", "Skipped", "Failed", "Skipped"], lines.Select(line => line.GetProperty("status").GetString()));
        Assert.All(lines, line => Assert.Equal(DateTimeKind.Utc, line.GetProperty("time").GetDateTime().Kind));
        JsonElement first = lines[0];
        Assert.Equal((Folder["out/a_fp16.mlmodel"], Folder["in/a.mlmodel"]), (first.GetProperty("path").GetString(), first.GetProperty("sourcePath").GetString()));
        Assert.Equal(new FileInfo(Folder["in/a.mlmodel"]).Length, first.GetProperty("before").GetInt64());
        Assert.InRange(first.GetProperty("minSnr").GetDouble(), 40, 200);
        Assert.Equal(("NotAModel", Folder["in/b \"b\".mlmodel"]), (lines[1].GetProperty("errorId").GetString(), lines[1].GetProperty("sourcePath").GetString()));
        Assert.Equal(["Converted", "Failed", "Converted", "Skipped", "Failed", "Skipped"], Run("Get-Content $args[0] | ConvertFrom-Json | ForEach-Object status", log).Output.Select(status => status.ToString()));
    }

    [Fact]
    public void DocumentsEveryField()
    {
        Folder.Add(Workspace.Network, "a.mlmodel");
        Folder.AddText("b.mlmodel", "no model");
        Run(ToFolder + " -LogPath $args[2]", Folder["*.mlmodel"], Folder["out"], Folder["log.jsonl"]);
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "BATCHES.md"));
        string[] fields = File.ReadAllLines(Folder["log.jsonl"]).SelectMany(line => JsonDocument.Parse(line).RootElement.EnumerateObject().Select(field => field.Name)).Distinct().ToArray();
        Assert.All(fields, field => Assert.Contains($"`{field}`", page));
    }

    [Fact]
    public void OfRunsAtTheSameTime_LosesNoLine()
    {
        for (int i = 0; i < 12; i++)
        {
            Folder.Add(Workspace.Network, $"in/{i:00}.mlmodel");
        }

        string log = Folder["log.jsonl"];
        Run(
            "$module = (Get-Module CoreMLQuant).Path; $in, $out, $log = $args; 1..3 | ForEach-Object -Parallel { Import-Module $using:module; "
            + "ConvertTo-Fp16Model $using:in -DestinationPath (Join-Path $using:out $_) -LogPath $using:log -NoFlush -WarningAction Ignore }",
            Folder["in/*"],
            Folder["out"],
            log).Clean();
        Assert.Equal(36, File.ReadAllLines(log).Count(line => JsonDocument.Parse(line).RootElement.GetProperty("status").GetString() == "Converted"));
    }

    [Fact]
    public void InAMissingFolder_IsCreated_ButNotWithWhatIfOrPlanOnly()
    {
        string source = Folder.Add(Workspace.Network, "a.mlmodel");
        Run(ToFolder + " -LogPath $args[2] -PlanOnly", source, Folder["out"], Folder["missing/sub/log.jsonl"]).Clean();
        Run(ToFolder + " -LogPath $args[2] -WhatIf", source, Folder["out"], Folder["missing/sub/log.jsonl"]).Clean();
        Assert.False(Directory.Exists(Folder["missing"]));
        Run(ToFolder + " -LogPath $args[2]", source, Folder["out"], Folder["missing/sub/log.jsonl"]).Clean();
        Assert.Single(File.ReadAllLines(Folder["missing/sub/log.jsonl"]));
    }

    [Fact]
    public void ThatCannotBeWritten_IsAnError_AndNothingIsConverted()
    {
        string source = Folder.Add(Workspace.Network, "a.mlmodel");
        CommandRun run = Run(ToFolder + " -LogPath $args[2]", source, Folder["out"], Path.Combine(Folder.AddText("file", string.Empty), "log.jsonl"));
        Assert.Equal("WriteFailed", CommandRun.Id(run.Terminating!));
        Assert.Empty(run.Output);
        Assert.False(Directory.Exists(Folder["out"]));
    }

    [Theory]
    [InlineData("in/a.mlmodel")]
    [InlineData("in/new.mlmodel")]
    [InlineData("out/a_fp16.mlmodel")]
    [InlineData("in/b.mlpackage")]
    [InlineData("in/b.mlpackage/log.jsonl")]
    [InlineData("in/new.mlmodelc/log.jsonl")]
    [InlineData("linked.jsonl")]
    [InlineData("notes.txt")]
    [InlineData("recipe.json")]
    [InlineData("in")]
    [InlineData("out")]
    public void WhereAModelOrAnotherFileIs_IsRefused_AndNothingIsConvertedOrChanged(string log)
    {
        string source = Folder.Add(Workspace.Network, "in/a.mlmodel");
        Folder.Add(Workspace.Package, "in/b.mlpackage");
        Folder.AddText("notes.txt", "Buy milk.");
        Folder.AddText("recipe.json", "{ \"version\": 1 }");
        File.CreateSymbolicLink(Folder["linked.jsonl"], source);
        string before = Workspace.Hash(Folder.Root);
        CommandRun run = Run(ToFolder + " -LogPath $args[2] -Force", Folder["in/*"], Folder["out"], Folder[log]);
        Assert.Equal("InvalidLogPath", CommandRun.Id(run.Terminating!));
        Assert.Equal(ErrorCategory.InvalidArgument, run.Terminating!.CategoryInfo.Category);
        Assert.Empty(run.Output);
        Assert.Equal(before, Workspace.Hash(Folder.Root));
        Assert.False(Directory.Exists(Folder["out"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"time\":\"2026-01-01T00:00:00.000Z\",\"status\":\"Failed\"}\n")]
    public void ThatIsEmptyOrWrittenAnew_IsAppendedTo(string content)
    {
        string source = Folder.Add(Workspace.Network, "a.mlmodel");
        string log = Folder.AddText("log.jsonl", content);
        Run(ToFolder + " -LogPath $args[2]", source, Folder["out"], log).Clean();
        Assert.StartsWith(content, File.ReadAllText(log), StringComparison.Ordinal);
        Assert.Equal("Converted", JsonDocument.Parse(File.ReadAllLines(log)[^1]).RootElement.GetProperty("status").GetString());
    }

    [Fact]
    public async Task WhileAnotherProcessWrites_Waits()
    {
        string source = Folder.Add(Workspace.Network, "a.mlmodel"), log = Folder["log.jsonl"];
        Run(ToFolder + " -LogPath $args[2]", source, Folder["out"], log).Clean();
        CommandRun run;
        var held = new Stopwatch();
        do
        {
            using var locked = new FileStream(log, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            held.Restart();
            Task<CommandRun> running = Task.Run(() => Run(ToFolder + " -LogPath $args[2] -Force", source, Folder["out"], log));
            Assert.NotSame(running, await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(1))));
            locked.Dispose();
            held.Stop();
            run = await running;
        }
        while (held.Elapsed > TimeSpan.FromSeconds(5)); // The cmdlet does not wait for ever.

        run.Clean();
        Assert.Equal(2, File.ReadAllLines(log).Length);
    }
}
