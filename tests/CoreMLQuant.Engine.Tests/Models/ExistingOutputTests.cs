using System;
using System.IO;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using Xunit;

namespace CoreMLQuant.Tests.Models;

public class ExistingOutputTests
{
    private static readonly DateTime Time = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void Find_ComparesTimes(int seconds, bool isOutdated)
    {
        using var scratch = new ScratchFolder();
        string source = File(scratch, "a.mlmodel", Time), output = File(scratch, "b.mlmodel", Time.AddSeconds(seconds));
        ExistingOutput found = ExistingOutput.Find(source, output)!;
        Assert.Equal((output, isOutdated, 3, 3), (found.Path, found.IsOutdated, found.Size, found.SourceSize));
    }

    [Fact]
    public void Find_TakesTheOldestFileOfAnOutput_AndTheNewestOfASource()
    {
        using var scratch = new ScratchFolder();
        foreach (string name in new[] { "a.mlpackage", "b.mlpackage" })
        {
            Directory.CreateDirectory(scratch.Combine(name));
            File(scratch, name + "/Manifest.json", Time);
            File(scratch, name + "/weight.bin", Time);
        }

        string source = scratch.Combine("a.mlpackage"), output = scratch.Combine("b.mlpackage");
        Assert.False(ExistingOutput.Find(source, output)!.IsOutdated);

        // A file that somebody adds to an old output later does not make it new.
        System.IO.File.SetLastWriteTimeUtc(Path.Combine(source, "weight.bin"), Time.AddSeconds(1));
        File(scratch, "b.mlpackage/.DS_Store", Time.AddHours(1));
        Assert.True(ExistingOutput.Find(source, output)!.IsOutdated);
    }

    [Fact]
    public void Find_WhatIsNoCompleteModel_IsNothing()
    {
        using var scratch = new ScratchFolder();
        string file = File(scratch, "a.mlmodel", Time);
        Directory.CreateDirectory(scratch.Combine("a.mlpackage"));
        Directory.CreateDirectory(scratch.Combine("b.mlpackage"));
        System.IO.File.WriteAllBytes(scratch.Combine("empty.mlmodel"), []);
        Assert.Null(ExistingOutput.Find(scratch.Combine("a.mlpackage"), scratch.Combine("b.mlpackage")));
        Assert.Null(ExistingOutput.Find(file, scratch.Combine("empty.mlmodel")));
        Assert.Null(ExistingOutput.Find(file, scratch.Combine("missing.mlmodel")));
    }

    [Fact]
    public void SamePath_SeesThroughLinkedFolders_AndLeavesLinksThemselvesAlone()
    {
        using var scratch = new ScratchFolder();
        Directory.CreateDirectory(scratch.Combine("real"));
        string file = File(scratch, "real/a.mlmodel", Time);
        Directory.CreateSymbolicLink(scratch.Combine("link"), scratch.Combine("real"));
        System.IO.File.CreateSymbolicLink(scratch.Combine("a.mlmodel"), file);
        Assert.True(SamePath.Is(file, scratch.Combine("link/a.mlmodel")));
        Assert.True(SamePath.Is(file, scratch.Combine("real/../real/a.mlmodel")));
        Assert.False(SamePath.Is(file, scratch.Combine("a.mlmodel")));
        Assert.False(SamePath.Is(file, scratch.Combine("missing.mlmodel")));
    }

    private static string File(ScratchFolder scratch, string name, DateTime time)
    {
        string path = scratch.Combine(name);
        System.IO.File.WriteAllText(path, "abc");
        System.IO.File.SetLastWriteTimeUtc(path, time);
        return path;
    }
}
