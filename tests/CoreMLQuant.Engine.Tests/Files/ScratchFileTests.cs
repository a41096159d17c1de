using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using CoreMLQuant.Files;
using Xunit;

namespace CoreMLQuant.Tests.Files;

public class ScratchFileTests
{
    [Fact]
    public void Clear_WhatWasWritten_IsForgotten()
    {
        using var folder = new ScratchFolder();
        using var file = new ScratchFile(folder.Path);
        file.Append([1.5, 2.5]);
        Assert.Equal(16, file.Length);
        file.Clear();
        Assert.Equal(0, file.Length);
        Assert.Equal(0, file.Append([3.5]));
        double[] read = new double[1];
        file.Read(0, read);
        Assert.Equal([3.5], read);
        Assert.Throws<EndOfStreamException>(() => file.Read(0, new double[2]));
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        using var folder = new ScratchFolder();
        double[] first = [.. Enumerable.Range(0, 300_000).Select(i => i / 7.0)], second = [1, double.NaN, -0.0], read = new double[first.Length];
        using (var file = new ScratchFile(folder.Path))
        {
            long at = file.Append(first), next = file.Append(second);
            file.Read(at, read);
            Assert.Equal(first, read);
            file.Write(at, [5]);
            file.Read(at, read);
            Assert.Equal([5, .. first[1..]], read);
            file.Read(next, read.AsSpan(0, 3));
            Assert.Equal(second, read[..3]);
            Assert.Throws<EndOfStreamException>(() => file.Read(next, new double[4]));
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Output_IsWrittenByJobs_AndReadMeanwhile()
    {
        using var folder = new ScratchFolder();
        using var file = new ScratchFile(folder.Path);
        long first = file.Reserve(3), second = file.Reserve(2);
        file.Output.Write(second, [4, 5]);
        file.Output.Write(first, [1, 2, 3]);
        byte[] read = new byte[5];
        file.Read(first, read);

        Assert.Equal([1, 2, 3, 4, 5], read);
        Assert.Equal(5, file.Append([0.5]));
    }

    [Fact]
    public void RequireSpace_MoreThanThereIs_IsToldWithSizeAndRemedy()
    {
        using var folder = new ScratchFolder();
        TemporaryFile.RequireSpace(folder.Path, 0);
        string message = Assert.Throws<IOException>(() => TemporaryFile.RequireSpace(folder.Path, 3L << 60)).Message;
        Assert.Matches($"^Temporary files of 3.00 EB cannot be written to '{Regex.Escape(folder.Path)}': only [0-9.]+ [KMGT]?B are available\\. Free up space there, or set the environment variable (TEMP|TMPDIR) to a folder", message);
    }

    // A device that is always full.
    [Fact]
    public void Write_FileSystemIsFull_IsToldWithFolderAndRemedy()
    {
        if (!File.Exists("/dev/full"))
        {
            return;
        }

        using var full = new PositionedFile("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        var output = new OutputFile(full, failure => TemporaryFile.InWords(failure, "/scratch", 3 << 20));
        string message = Assert.Throws<IOException>(() => output.Write(0, [1, 2, 3])).Message;
        Assert.Equal(
            "Temporary files of 3.00 MB cannot be written to '/scratch': No space left on device. Free up space there, or set the environment variable TMPDIR to a folder on another volume, and start again.", message);
    }

    [Fact]
    public void Append_OnUnix_LeavesNoNameIfTheProcessIsKilled()
    {
        using var folder = new ScratchFolder();
        using var file = new ScratchFile(folder.Path);
        file.Append([1]);

        // Windows deletes the file with its last handle.
        Assert.True(RuntimeInformation.IsOSPlatform(OSPlatform.Windows) || Directory.GetFileSystemEntries(folder.Path).Length == 0);
    }
}
