using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>
/// Processes that are killed while they replace a model over and over: what stands at the destination is whole, and the next run, even one
/// that can replace nothing, leaves nothing else behind. COREMLQUANT_KILLS sets how many; docs/RELIABILITY.md has the last figures.
/// </summary>
public sealed class KillTests : ModuleTest
{
    private const int LongestWait = 400;

    private static readonly int Kills = int.TryParse(
        Environment.GetEnvironmentVariable("COREMLQUANT_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out int kills) ? kills : 3;

    [Theory]
    [InlineData("gpt_tiny_iOS18/fp32.mlpackage", "out.mlpackage")]
    [InlineData("nn_rnns/fp32.mlmodel", "out.mlmodel")]
    public void Convert_KilledAtAnyMoment_LeavesAWholeModel(string fixture, string output)
    {
        string source = Folder.Add(fixture, "in" + Path.GetExtension(fixture));
        string destination = Folder[output];
        Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1] -WarningAction Ignore", source, destination).Clean();
        Dictionary<string, byte[]> whole = Contents(destination);
        var random = new Random(11);
        for (int i = 0; i < Kills; i++)
        {
            using Process process = ShellProcess.Start(
                Folder.Root,
                null,
                "-NoProfile",
                "-NonInteractive",
                "-Command",
                $"Import-Module '{Repository.Manifest}'; while ($true) {{ [Console]::Out.WriteLine((ConvertTo-Fp16Model '{source}' -DestinationPath '{destination}' -Force -WarningAction Ignore).Status) }}");
            Assert.Equal("Converted", process.StandardOutput.ReadLine());
            Thread.Sleep(random.Next(LongestWait));
            process.Kill();
            process.WaitForExit();

            CommandRun next = Run("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1] -WarningAction Ignore", source, destination);
            Assert.Equal(["DestinationExists"], next.ErrorIds);
            Assert.Equal(whole, Contents(destination));
            Assert.Equal(2, Directory.GetFileSystemEntries(Folder.Root).Length);
        }
    }

    private static Dictionary<string, byte[]> Contents(string path) => File.Exists(path)
        ? new Dictionary<string, byte[]> { [string.Empty] = File.ReadAllBytes(path) }
        : Directory.GetFiles(path, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(path, file), File.ReadAllBytes);
}
