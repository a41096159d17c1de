using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>
/// Processes that are killed while they replace a model over and over: what stands at the destination is whole, and the next run, even one
/// that can replace nothing, leaves nothing else behind. docs/RELIABILITY.md has the last figures of the long run.
/// </summary>
public sealed class KillTests : ModuleTest
{
    private const int LongestWait = 400;

    private const int AllKills = 100;
    private const int FewKills = 2;

    [Theory]
    [InlineData("gpt_tiny_iOS18/fp32.mlpackage", "out.mlpackage")]
    [InlineData("nn_rnns/fp32.mlmodel", "out.mlmodel")]
    public void Convert_KilledAtAnyMoment_LeavesAWholeModel(string fixture, string output)
    {
        string source = Folder.Add(fixture, "in" + Path.GetExtension(fixture));
        string destination = Folder[output];
        Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1] -WarningAction Ignore", source, destination).Clean();
        Dictionary<string, byte[]> whole = Contents(destination);
        foreach (int number in LongRun.Cases(AllKills, FewKills))
        {
            using Process process = ShellProcess.Start(
                Folder.Root,
                null,
                "-NoProfile",
                "-NonInteractive",
                "-Command",
                $"Import-Module '{Repository.Manifest}'; while ($true) {{ [Console]::Out.WriteLine((ConvertTo-Fp16Model '{source}' -DestinationPath '{destination}' -Force -WarningAction Ignore).Status) }}");
            Assert.Equal("Converted", process.StandardOutput.ReadLine());
            Thread.Sleep(new Random(number).Next(LongestWait));
            process.Kill();
            process.WaitForExit();

            CommandRun next = Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1] -WarningAction Ignore", source, destination);
            Assert.Equal(["DestinationExists"], next.ErrorIds);
            Assert.Equal(whole, Contents(destination));
            Assert.Equal(2, Directory.GetFileSystemEntries(Folder.Root).Length);
        }
    }

    [Fact]
    public void Convert_KilledBetweenTheTwoRenames_LeavesTheOldModelToTheNextRun()
    {
        if (!Strace.IsAvailable)
        {
            return;
        }

        string source = Folder.Add("gpt_tiny_iOS18/fp32.mlpackage", "in.mlpackage");
        string destination = Folder["out.mlpackage"];
        Run("ConvertTo-QuantizedModel $args[0] -DestinationPath $args[1] -WarningAction Ignore", source, destination).Clean();
        Dictionary<string, byte[]> old = Contents(destination);

        // A file system that cannot exchange, and a process that ends when it renames for the second time.
        using Process process = ShellProcess.StartUnder(
            Strace.Injecting("renameat2:error=EINVAL", "rename:signal=KILL:when=2"),
            Folder.Root,
            null,
            "-NoProfile",
            "-Command",
            $"Import-Module '{Repository.Manifest}'; ConvertTo-Fp16Model '{source}' -DestinationPath '{destination}' -Force -WarningAction Ignore");
        Assert.NotEqual(0, ShellProcess.Finish(process).ExitCode);
        Assert.False(Directory.Exists(destination));

        CommandRun next = Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1] -WarningAction Ignore", source, destination);
        Assert.Equal(["DestinationExists"], next.ErrorIds);
        Assert.Equal(old, Contents(destination));
        Assert.Equal(2, Directory.GetFileSystemEntries(Folder.Root).Length);
    }

    private static Dictionary<string, byte[]> Contents(string path) => File.Exists(path)
        ? new Dictionary<string, byte[]> { [string.Empty] = File.ReadAllBytes(path) }
        : Directory.GetFiles(path, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(path, file), File.ReadAllBytes);
}
