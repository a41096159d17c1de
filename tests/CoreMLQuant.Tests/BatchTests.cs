using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>Runs over many models: resumed, complete, in order.</summary>
public sealed class BatchTests : ModuleTest
{
    private const string ToFolder = "ConvertTo-Fp16Model $args[0] -DestinationPath $args[1] -WarningAction Ignore";

    [Theory]
    [InlineData(Workspace.Network, "a.mlmodel")]
    [InlineData(Workspace.Package, "a.mlpackage")]
    public void SkipExisting_LeavesAnOutputThatIsUpToDate_AndDoesNotOpenItsSource(string fixture, string name)
    {
        string source = Folder.Add(fixture, name);
        string output = Run(ToFolder, source, Folder["out"]).Values("Path").Single();
        string before = Workspace.Hash(output);
        Spoil(source);

        PSObject result = Run(ToFolder + " -SkipExisting", source, Folder["out"]).Clean().Single();

        Assert.Equal(("Skipped", output, source), (result.Properties["Status"].Value.ToString(), result.Properties["Path"].Value, result.Properties["SourcePath"].Value));
        Assert.Equal("the output exists and is not older than its source", result.Properties["Reason"].Value);
        Assert.Equal(before, Workspace.Hash(output));
    }

    [Fact]
    public void SkipExisting_Outdated_IsAnError_OrReplacedWhenForced()
    {
        string source = Folder.Add(Workspace.Network, "a.mlmodel");
        string output = Run(ToFolder, source, Folder["out"]).Values("Path").Single();
        File.SetLastWriteTimeUtc(output, DateTime.UtcNow.AddHours(-2));
        File.SetLastWriteTimeUtc(source, DateTime.UtcNow.AddHours(-1));

        CommandRun refused = Run(ToFolder + " -SkipExisting", source, Folder["out"]);
        Assert.Equal(["DestinationOutdated"], refused.ErrorIds);
        Assert.Contains("older than its source", refused.Errors[0].ToString());

        Assert.Equal(["Converted"], Run(ToFolder + " -SkipExisting -Force", source, Folder["out"]).Values("Status"));
        Assert.Equal(["Skipped"], Run(ToFolder + " -SkipExisting -Force", source, Folder["out"]).Values("Status"));
    }

    [Fact]
    public void SkipExisting_PackageWithOneNewerFile_IsOutdated()
    {
        string source = Folder.Add(Workspace.Package, "a.mlpackage");
        Run(ToFolder, source, Folder["out"]).Clean();
        File.SetLastWriteTimeUtc(Path.Combine(source, "Data/com.apple.CoreML/weights/weight.bin"), DateTime.UtcNow.AddMinutes(1));
        Assert.Equal(["DestinationOutdated"], Run(ToFolder + " -SkipExisting", source, Folder["out"]).ErrorIds);
    }

    [Fact]
    public void SkipExisting_ResumesABatch_AndConvertsOnlyWhatIsMissing()
    {
        foreach (string name in new[] { "a", "b", "c" })
        {
            Folder.Add(Workspace.Network, $"in/{name}.mlmodel");
        }

        Run(ToFolder, Folder["in/b.mlmodel"], Folder["out"]).Clean();
        CommandRun run = Run(ToFolder + " -SkipExisting", Folder["in/*.mlmodel"], Folder["out"]);
        run.Clean();
        Assert.Equal(["Converted", "Skipped", "Converted"], run.Values("Status"));
    }

    [Fact]
    public void SkipExisting_BesideTheSources_DoesNotTakeOutputsForInputs()
    {
        Folder.Add(Workspace.Network, "a.mlmodel");
        const string Command = "Get-ChildItem $args[0] | ConvertTo-QuantizedModel -SkipExisting -WarningAction Ignore";
        Assert.Equal(["Converted"], Run(Command, Folder.Root).Values("Status"));
        CommandRun again = Run(Command, Folder.Root);
        Assert.Equal(["Skipped"], again.Values("Status"));
        Assert.Equal(2, Directory.GetFiles(Folder.Root).Length);
    }

    [Theory]
    [InlineData("Get-ChildItem $args[0]", "ConvertTo-PalettizedModel")]
    [InlineData("Get-ChildItem $args[0] | Sort-Object Name -Descending", "ConvertTo-PalettizedModel")]
    [InlineData("Get-ChildItem $args[0] | Sort-Object Name -Descending", "ConvertTo-PalettizedModel -CopyUnchanged")]
    [InlineData("(Get-ChildItem $args[0] | Sort-Object Name -Descending).FullName", "ConvertTo-Fp16Model")]
    [InlineData("Get-ChildItem $args[0] | Sort-Object Name -Descending", "ConvertTo-Fp16Model -CopyUnchanged")]
    public void SkipExisting_OutputsBesideTheSources_AreNoSources_InAnyOrder(string models, string command)
    {
        Folder.Add(Workspace.Network, "nn.mlmodel");
        Folder.Add(Workspace.Package, "conv.mlpackage");
        string script = $"{models} | {command} -SkipExisting -WarningAction Ignore -Verbose";
        Assert.Equal(["Converted", "Converted"], Run(script, Folder.Root).Values("Status"));
        string[] entries = Folder.Entries();
        for (int i = 0; i < 2; i++)
        {
            CommandRun again = Run(script, Folder.Root);
            again.Clean();
            Assert.Equal(["Skipped", "Skipped"], again.Values("Status"));
            Assert.Equal(2, again.Verbose.Count(text => text.Contains("it is the output of another model")));
            Assert.Equal(entries, Folder.Entries());
        }
    }

    [Theory]
    [InlineData("ConvertTo-Fp16Model $args[0]")]
    [InlineData("ConvertTo-Fp16Model (Join-Path $args[0] *)")]
    [InlineData("ConvertTo-Fp16Model (Get-ChildItem $args[0] | Sort-Object Name -Descending)")]
    public void SkipExisting_OutputsInANamedFolderOrList_AreNoSources(string command)
    {
        Folder.Add(Workspace.Network, "nn.mlmodel");
        Folder.Add(Workspace.Package, "conv.mlpackage");
        command += " -SkipExisting -WarningAction Ignore";
        Assert.Equal(["Converted", "Converted"], Run(command, Folder.Root).Values("Status"));
        CommandRun again = Run(command, Folder.Root);
        again.Clean();
        Assert.Equal(["Skipped", "Skipped"], again.Values("Status"));
        Assert.Equal(4, Directory.GetFileSystemEntries(Folder.Root).Length);
    }

    [Fact]
    public void SkipExisting_DestinationWithinTheSources_IsNoSource()
    {
        // Its folder comes before that of the model.
        Folder.Add(Workspace.Package, "r/sub/conv15.mlpackage");
        Folder.Add(Workspace.Network, "r/nn.mlmodel");
        const string Command = "ConvertTo-Fp16Model $args[0] -Recurse -DestinationPath $args[1] -SkipExisting -CopyUnchanged -WarningAction Ignore";
        Assert.Equal(["Converted", "Converted"], Run(Command, Folder["r"], Folder["r/out"]).Values("Status"));
        string[] entries = Folder.Entries();
        CommandRun again = Run(Command, Folder["r"], Folder["r/out"]);
        again.Clean();
        Assert.Equal(["Skipped", "Skipped"], again.Values("Status"));
        Assert.Equal(entries, Folder.Entries());
    }

    [Fact]
    public void SkipExisting_ModelNamedAsAnOutput_IsASource_WithoutTheOtherOrWhenNamedAlone()
    {
        Folder.Add(Workspace.Network, "a_fp16.mlmodel");
        const string Swept = "Get-ChildItem $args[0] -Filter *_fp16.mlmodel | ConvertTo-Fp16Model -SkipExisting -WarningAction Ignore";
        Assert.Equal([Folder["a_fp16_fp16.mlmodel"]], Run(Swept.Replace("*_fp16", "a_fp16"), Folder.Root).Values("Path"));

        File.Delete(Folder["a_fp16_fp16.mlmodel"]);
        Folder.Add(Workspace.Network, "a.mlmodel");
        Assert.Empty(Run(Swept, Folder.Root).Clean());
        Assert.Equal([Folder["a_fp16_fp16.mlmodel"]], Run("ConvertTo-Fp16Model $args[0] -SkipExisting -WarningAction Ignore", Folder["a_fp16.mlmodel"]).Values("Path"));
    }

    [Theory]
    [InlineData("Data/com.apple.CoreML/weights")]
    [InlineData("Data/com.apple.CoreML/weights/weight.bin")]
    [InlineData("Data/com.apple.CoreML/model.mlmodel")]
    public void SkipExisting_IncompletePackage_IsAnError_OrReplacedWhenForced(string lost)
    {
        string source = Folder.Add(Workspace.Package, "a.mlpackage");
        string output = Run(ToFolder, source, Folder["out"]).Values("Path").Single();
        string[] entries = Folder.Entries();
        if (Directory.Exists(Path.Combine(output, lost)))
        {
            Directory.Delete(Path.Combine(output, lost), recursive: true);
        }
        else
        {
            File.Delete(Path.Combine(output, lost));
        }

        CommandRun refused = Run(ToFolder + " -SkipExisting", source, Folder["out"]);
        Assert.Equal(["DestinationIncomplete"], refused.ErrorIds);
        Assert.Contains("is incomplete", refused.Errors[0].ToString());
        Assert.Empty(refused.Output);
        Assert.Equal(["Converted"], Run(ToFolder + " -SkipExisting -Force", source, Folder["out"]).Values("Status"));
        Assert.Equal(entries, Folder.Entries());
        Assert.Equal(["Skipped"], Run(ToFolder + " -SkipExisting", source, Folder["out"]).Values("Status"));
    }

    [Theory]
    [InlineData(Workspace.Package, "a.mlpackage", "Data/com.apple.CoreML/weights/weight.bin")]
    [InlineData(Workspace.Package, "a.mlpackage", "Data/com.apple.CoreML/model.mlmodel")]
    [InlineData(Workspace.Network, "a.mlmodel", "")]
    public void SkipExisting_FileThatEndsTooEarly_IsAnError(string fixture, string name, string file)
    {
        string source = Folder.Add(fixture, name);
        string output = Run(ToFolder, source, Folder["out"]).Values("Path").Single();
        using (FileStream stream = File.Open(Path.Join(output, file), FileMode.Open))
        {
            stream.SetLength(stream.Length - 1);
        }

        Assert.Equal(["DestinationIncomplete"], Run(ToFolder + " -SkipExisting", source, Folder["out"]).ErrorIds);
    }

    [Fact]
    public void SkipExisting_WhatIsNoModel_IsNotTakenForAnOutput()
    {
        string source = Folder.Add(Workspace.Package, "a.mlpackage");
        Directory.CreateDirectory(Folder["out/a_fp16.mlpackage"]);
        Assert.Equal(["DestinationExists"], Run(ToFolder + " -SkipExisting", source, Folder["out"]).ErrorIds);
    }

    [Fact]
    public void SkipExisting_TwoModelsForOneOutput_IsStillAnError()
    {
        string a = Folder.Add(Workspace.Network, "a.mlmodel");
        string other = Folder.Add(Workspace.Network, "sub/a.mlmodel");
        Run(ToFolder, a, Folder["out"]).Clean();
        CommandRun run = Run("$args[0], $args[1] | ConvertTo-Fp16Model -DestinationPath $args[2] -SkipExisting", a, other, Folder["out"]);
        Assert.Equal(["Skipped"], run.Values("Status"));
        Assert.Equal(["DestinationTaken"], run.ErrorIds);
    }

    [Theory]
    [InlineData(Workspace.Package, "a.mlpackage", "a_fp16.mlpackage")]
    [InlineData(Workspace.Network, "a.mlmodel", "a_fp16.mlmodel")]
    public void CopyUnchanged_CompletesTheFolder_ByteForByte(string fixture, string name, string expected)
    {
        string source = Folder.Add(fixture, name);
        Run("ConvertTo-Fp16Model $args[0] -InPlace -WarningAction Ignore", source).Clean();
        PSObject result = Run(ToFolder + " -CopyUnchanged", source, Folder["out"]).Clean().Single();
        Assert.Equal(("Copied", Folder["out/" + expected]), (result.Properties["Status"].Value.ToString(), result.Properties["Path"].Value));
        Assert.Equal("nothing to convert", result.Properties["Reason"].Value);
        Assert.Equal(Workspace.Hash(source).Replace(source, string.Empty), Workspace.Hash(Folder["out/" + expected]).Replace(Folder["out/" + expected], string.Empty));
        Assert.Equal(["Skipped"], Run(ToFolder + " -CopyUnchanged -SkipExisting", source, Folder["out"]).Values("Status"));
        Assert.Equal(["DestinationExists"], Run(ToFolder + " -CopyUnchanged", source, Folder["out"]).ErrorIds);
    }

    [Fact]
    public void CopyUnchanged_WhatIf_CopiesNothing()
    {
        string source = Folder.Add(Workspace.Half, "a.mlpackage");
        Assert.Contains("Copy (nothing to convert", Session.Display(ToFolder + " -CopyUnchanged -WhatIf", source, Folder["out"]));
        Assert.False(Directory.Exists(Folder["out"]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Results_ComeInTheOrderOfTheInput_WithErrorsBetweenThem(int workers)
    {
        // A large model first, then small ones that are done sooner.
        Directory.CreateDirectory(Folder["in"]);
        LargeNetwork.Write(Folder["in/0.mlmodel"]);
        for (int i = 1; i < 6; i++)
        {
            Folder.Add(Workspace.Network, $"in/{i}.mlmodel");
        }

        Folder.AddText("in/3.mlmodel.txt", string.Empty);
        File.WriteAllText(Folder["in/3.mlmodel"], "no model");
        string names = string.Join('|', Run(
            "$args[0] | Get-ChildItem | ConvertTo-Fp16Model -DestinationPath $args[1] -ThrottleLimit $args[2] -WarningAction Ignore 2>&1 | "
            + "ForEach-Object { if ($_ -is [Management.Automation.ErrorRecord]) { 'error' } else { [IO.Path]::GetFileNameWithoutExtension($_.Name) } }",
            Folder["in/*.mlmodel"],
            Folder["out"],
            workers).Output);
        Assert.Equal("0_fp16|1_fp16|2_fp16|error|4_fp16|5_fp16", names);
    }

    [Fact]
    public void ErrorActionStop_GivesTheResultsBeforeTheError()
    {
        Folder.Add(Workspace.Network, "in/a.mlmodel");
        Folder.AddText("in/b.mlmodel", "no model");
        Folder.Add(Workspace.Network, "in/c.mlmodel");
        CommandRun run = Run(ToFolder + " -ErrorAction Stop", Folder["in/*.mlmodel"], Folder["out"]);
        Assert.Equal([Folder["out/a_fp16.mlmodel"]], run.Values("Path"));
        Assert.Equal("NotAModel", CommandRun.Id(run.Terminating!));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(Folder["out"]), entry => Path.GetFileName(entry).StartsWith('.'));
    }

    [Fact]
    public void ManyModels_KeepNothingInMemory()
    {
        // A result lists its weights, and a plan holds the specification: what is kept of each shows in the sum.
        for (int i = 0; i < 200; i++)
        {
            Folder.Add(Workspace.Network, $"in/{i:000}.mlmodel");
        }

        // In a process of its own: other tests keep what they like.
        ShellRun run = ShellProcess.Run(
            Folder.Root,
            null,
            null,
            "$count = 0; Get-ChildItem ./in | ConvertTo-Fp16Model -DestinationPath ./out -NoFlush -WarningAction Ignore | "
            + "ForEach-Object { $count++; if ($count -in 50, 200) { [GC]::GetTotalMemory($true) } }");
        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
        long[] sizes = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(long.Parse).ToArray();
        Assert.True(sizes[1] - sizes[0] < 4 << 20, $"{sizes[1] - sizes[0]} bytes more after 150 models.");
    }

    // Keeps the times of what it changes: only somebody who opens the model notices.
    private static void Spoil(string model)
    {
        string file = Directory.Exists(model) ? Path.Combine(model, "Data/com.apple.CoreML/model.mlmodel") : model;
        DateTime time = File.GetLastWriteTimeUtc(file);
        File.WriteAllText(file, "no model any more");
        File.SetLastWriteTimeUtc(file, time);
    }
}
