using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Files;
using CoreMLQuant.Files.Native;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using Xunit;

namespace CoreMLQuant.Tests.Files;

/// <summary>What is reported as written is on the medium: what is flushed, in which order, and what comes of failures.</summary>
public class FlushTests
{
    private const int Eio = 5;
    private const int Enospc = 28;

    [Fact]
    public void Commit_Package_FlushesFilesThenFoldersThenTheEntriesAroundTheRename()
    {
        using var scratch = new ScratchFolder();
        string destination = scratch.Combine("made", "out.mlpackage");
        using StagedOutput staged = StagedOutput.Begin(destination, overwrite: false);
        Directory.CreateDirectory(Path.Combine(staged.ContentPath, "Data", "weights"));
        File.WriteAllText(Path.Combine(staged.ContentPath, "Manifest.json"), "{}");
        File.WriteAllText(Path.Combine(staged.ContentPath, "Data", "weights", "weight.bin"), "w");
        var before = new List<string>();
        var after = new List<string>();

        Assert.True(staged.Commit(overwrite: false, (path, _) =>
        {
            (Directory.Exists(destination) ? after : before).Add(path);
            return true;
        }));

        string staging = Path.GetDirectoryName(staged.ContentPath)!;
        string[] content = before.Take(5).Select(path => Path.GetRelativePath(staged.ContentPath, path).Replace('\\', '/')).ToArray();
        Assert.Equal(["Data/weights/weight.bin", "Manifest.json"], content.Take(2).OrderBy(path => path, StringComparer.Ordinal));
        Assert.Equal(["Data/weights", "Data", "."], content.Skip(2));
        Assert.Equal([staging, scratch.Combine("made"), scratch.Path], before.Skip(5));
        Assert.Equal([staging, scratch.Combine("made")], after);
    }

    [Theory]
    [InlineData(Eio)]
    [InlineData(Enospc)]
    public void Supports_BytesAreLost_IsAnErrorThatNamesThePath(int error)
    {
        var failure = Assert.Throws<IOException>(() => Medium.Supports(error, "/models/a.mlmodel"));
        Assert.Contains("/models/a.mlmodel", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Supports_FileSystemWithoutFlush_IsNoError()
    {
        Assert.False(Medium.Supports(Posix.Einval, "/x"));
        Assert.False(Medium.Supports(Posix.Enotsup, "/x"));
    }

    [Fact]
    public void Flush_WhatCannotBeFlushed_SaysSo()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        Assert.False(Medium.Flush("/dev/null", isFolder: false));
        using var scratch = new ScratchFolder();
        Assert.True(Medium.Flush(scratch.Path, isFolder: true));
        Assert.ThrowsAny<IOException>(() => Medium.Flush(scratch.Combine("missing"), isFolder: false));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Commit_MediumFails_LeavesTheDestinationAsItWas(bool isReplaced, bool failsAfterTheRename)
    {
        using var scratch = new ScratchFolder();
        string destination = scratch.Combine("out.mlpackage");
        if (isReplaced)
        {
            Directory.CreateDirectory(destination);
            File.WriteAllText(Path.Combine(destination, "weights"), "precious");
        }

        using (StagedOutput staged = StagedOutput.Begin(destination, overwrite: true))
        {
            Directory.CreateDirectory(staged.ContentPath);
            File.WriteAllText(Path.Combine(staged.ContentPath, "weights"), "new");
            Assert.Throws<IOException>(() => staged.Commit(
                overwrite: true,
                (path, _) => failsAfterTheRename && File.Exists(Path.Combine(staged.ContentPath, "weights")) && File.ReadAllText(Path.Combine(staged.ContentPath, "weights")) == "new"
                    ? true
                    : Medium.Supports(Eio, path)));
        }

        Assert.Equal(isReplaced ? ["precious"] : [], Directory.GetFiles(scratch.Path, "*", SearchOption.AllDirectories).Select(File.ReadAllText));
    }

    [Fact]
    public void Write_BeforeItIsCompleted_LeavesTheDestinationAlone()
    {
        using var scratch = new ScratchFolder();
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("nn_cnn", "fp32.mlmodel"));
        string destination = scratch.Combine("new", "out.mlmodel");
        using (ModelCompressor.Write(model, ModelCompressor.Plan(model, new Float16Recipe()), destination, new ConversionOptions()))
        {
            Assert.False(File.Exists(destination));
        }

        Assert.Empty(Directory.GetFileSystemEntries(scratch.Path));
        using PendingConversion pending = ModelCompressor.Write(model, ModelCompressor.Plan(model, new Float16Recipe()), destination, new ConversionOptions());
        Assert.Equal(destination, pending.Complete().Path);
        Assert.True(File.Exists(destination));
    }
}
