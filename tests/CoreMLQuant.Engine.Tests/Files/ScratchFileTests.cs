using System;
using System.IO;
using System.Linq;
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
        file.Append([1f, 2f]);
        Assert.Equal(8, file.Length);
        file.Clear();
        Assert.Equal(0, file.Length);
        Assert.Equal(0, file.Append([3f]));
        float[] read = new float[1];
        file.Read(0, read);
        Assert.Equal([3f], read);
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
}
