using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
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
    public void Append_OnUnix_LeavesNoNameIfTheProcessIsKilled()
    {
        using var folder = new ScratchFolder();
        using var file = new ScratchFile(folder.Path);
        file.Append([1]);

        // Windows deletes the file with its last handle.
        Assert.True(RuntimeInformation.IsOSPlatform(OSPlatform.Windows) || Directory.GetFileSystemEntries(folder.Path).Length == 0);
    }
}
