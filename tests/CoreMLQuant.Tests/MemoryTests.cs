using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>Files of nothing but empty messages, which would take more than a hundred times their size in memory: docs/RELIABILITY.md has the bound.</summary>
public sealed class MemoryTests : ModuleTest
{
    // What docs/RELIABILITY.md says of files of empty messages, and some room for the garbage collector.
    private const long MostMegabytes = 200;

    [Fact]
    public void Get_MillionsOfEmptyMessages_AreRefusedInBoundedMemory()
    {
        // neuralNetwork.layers, and the operations of a block of a function of an mlProgram.
        foreach (int megabytes in new[] { 10, 40 })
        {
            byte[] empty = Enumerable.Repeat(new byte[] { (1 << 3) | 2, 0 }, megabytes << 19).SelectMany(pair => pair).ToArray();
            byte[] operations = Enumerable.Repeat(new byte[] { (3 << 3) | 2, 0 }, megabytes << 19).SelectMany(pair => pair).ToArray();
            File.WriteAllBytes(Folder[$"layers{megabytes}.mlmodel"], [0x08, 4, .. Field(500, empty)]);
            byte[] specialization = [.. Field(1, "CoreML6"u8.ToArray()), .. Field(2, operations)];
            byte[] function = [.. Field(1, "main"u8.ToArray()), .. Field(2, Field(3, specialization))];
            File.WriteAllBytes(Folder[$"operations{megabytes}.mlmodel"], [0x08, 7, .. Field(502, Field(2, function))]);
        }

        string sound = Folder.Add(Workspace.Network, "sound.mlmodel");
        ShellRun run = ShellProcess.Run(
            Folder.Root,
            null,
            null,
            "-NoProfile",
            "-Command",
            $$"""
            Import-Module '{{Repository.Manifest}}'
            function Peak { $process = [Diagnostics.Process]::GetCurrentProcess(); [long]($process.PeakWorkingSet64 / 1MB) }
            $null = Get-CoreMLModel '{{sound}}'
            $before = Peak
            foreach ($name in 'layers10', 'layers40', 'operations10', 'operations40') {
                $null = Get-CoreMLModel "$name.mlmodel" -ErrorAction SilentlyContinue -ErrorVariable failure
                $failure.FullyQualifiedErrorId.Split(',')[0]
            }

            (Peak) - $before
            """);

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(["TooLarge", "TooLarge", "TooLarge", "TooLarge"], lines.Take(4));
        Assert.InRange(long.Parse(lines[4], System.Globalization.CultureInfo.InvariantCulture), 0, MostMegabytes);
    }

    private static byte[] Field(int number, byte[] content) => [.. Varint((number << 3) | 2), .. Varint(content.Length), .. content];

    private static byte[] Varint(int value)
    {
        using var stream = new MemoryStream();
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
        return stream.ToArray();
    }
}
