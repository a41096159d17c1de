using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Conversion;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Files.Native;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using Xunit;

namespace CoreMLQuant.Tests.Files;

/// <summary>All or nothing: whatever goes wrong, the destination is as it was and nothing lies around.</summary>
public class StagedOutputTests
{
    [Fact]
    public void Commit_NewFile_AppearsWholeAndLeavesNothingElse()
    {
        using var scratch = new ScratchFolder();
        string destination = scratch.Combine("deep", "er", "out.mlmodel");
        using (StagedOutput staged = StagedOutput.Begin(destination, overwrite: false))
        {
            File.WriteAllText(staged.ContentPath, "new");
            Assert.False(File.Exists(destination));
            staged.Commit(overwrite: false, Medium.Flush);
        }

        Assert.Equal("new", File.ReadAllText(destination));
        Assert.Single(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(destination)!));
    }

    [Fact]
    public void Commit_OverAFolder_ReplacesAllOfIt()
    {
        using var scratch = new ScratchFolder();
        string destination = scratch.Combine("out.mlpackage");
        Directory.CreateDirectory(destination);
        File.WriteAllText(Path.Combine(destination, "old"), "old");
        using (StagedOutput staged = StagedOutput.Begin(destination, overwrite: true))
        {
            Directory.CreateDirectory(staged.ContentPath);
            File.WriteAllText(Path.Combine(staged.ContentPath, "new"), "new");
            staged.Commit(overwrite: true, Medium.Flush);
        }

        Assert.Equal(["new"], Directory.EnumerateFileSystemEntries(destination).Select(Path.GetFileName));
        Assert.Single(Directory.EnumerateFileSystemEntries(scratch.Path));
    }

    [Fact]
    public void Begin_SomethingStandsThere_IsRefusedAndLeavesNothing()
    {
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch.Combine("out.mlmodel"), "old");
        Assert.Throws<DestinationExistsException>(() => StagedOutput.Begin(scratch.Combine("out.mlmodel"), overwrite: false));
        Assert.Equal("old", File.ReadAllText(scratch.Combine("out.mlmodel")));
        Assert.Single(Directory.EnumerateFileSystemEntries(scratch.Path));
    }

    [Fact]
    public void Begin_LitterOfAKilledRun_IsRemovedButALivingOneIsLeft()
    {
        using var scratch = new ScratchFolder();
        string destination = scratch.Combine("out.mlpackage");
        using StagedOutput living = StagedOutput.Begin(destination, overwrite: false);
        string dead = Abandon(destination, folder => File.WriteAllText(Path.Combine(folder, "new"), "half"));
        using StagedOutput next = StagedOutput.Begin(destination, overwrite: false);
        Assert.False(Directory.Exists(dead));
        Assert.Equal(2, Directory.GetDirectories(scratch.Path).Length);
    }

    [Fact]
    public void Begin_KilledBetweenTheTwoRenames_PutsTheOldModelBack()
    {
        using var scratch = new ScratchFolder();
        string destination = scratch.Combine("out.mlpackage");
        Abandon(destination, PutAside);
        Assert.Throws<DestinationExistsException>(() => StagedOutput.Begin(destination, overwrite: false));
        Assert.Equal("precious", File.ReadAllText(Path.Combine(destination, "weights")));
        Assert.Single(Directory.EnumerateFileSystemEntries(scratch.Path));
    }

    [Fact]
    public void Run_CancelledAnywhere_LeavesTheDestinationAsItWas()
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture("gpt_tiny_iOS18", "fp32.mlpackage");
        string destination = TestFiles.Copy(source, scratch.Combine("out.mlpackage"));
        Dictionary<string, byte[]> before = EngineRuns.Contents(destination);
        for (int after = 0; after < 4; after++)
        {
            using ModelFile model = ModelFile.Open(source);
            CompressionPlan plan = ModelCompressor.Plan(model, new Float16Recipe());
            using var stop = new CancellationTokenSource();
            int reports = 0;
            var progress = new Callback(_ =>
            {
                if (++reports > after)
                {
                    stop.Cancel();
                }
            });
            Assert.ThrowsAny<OperationCanceledException>(() =>
                ModelCompressor.Run(model, plan, destination, new ConversionOptions { Overwrite = true, MaxDegreeOfParallelism = 1 }, progress, stop.Token));
            Assert.Equal(before, EngineRuns.Contents(destination));
            Assert.Single(Directory.EnumerateFileSystemEntries(scratch.Path));
        }
    }

    [Fact]
    public void Run_FailingWeight_LeavesNothing()
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Copy(TestFiles.Fixture("convnet_iOS16", "fp32.mlpackage"), scratch.Combine("in.mlpackage"));
        using ModelFile model = ModelFile.Open(source);
        CompressionPlan plan = ModelCompressor.Plan(model, new Float16Recipe());

        // The weights shrink under our feet, as on a network share that goes away.
        using (FileStream weights = File.Open(Path.Combine(source, "Data/com.apple.CoreML/weights/weight.bin"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            weights.SetLength(1000);
        }

        Assert.ThrowsAny<IOException>(() => ModelCompressor.Run(model, plan, scratch.Combine("out.mlpackage"), new ConversionOptions()));
        Assert.Single(Directory.EnumerateFileSystemEntries(scratch.Path));
    }

    [Fact]
    public void Run_OntoItself_SwapsInPlace()
    {
        using var scratch = new ScratchFolder();
        foreach (string name in new[] { "nn_cnn/fp32.mlmodel", "convnet_iOS16/fp32.mlpackage" })
        {
            string path = TestFiles.Copy(TestFiles.Fixture(name), scratch.Combine(Path.GetFileName(name)));
            using ModelFile model = ModelFile.Open(path);
            ConversionResult result = ModelCompressor.Run(model, ModelCompressor.Plan(model, new Float16Recipe()), path, new ConversionOptions { InPlace = true });
            Assert.Equal(path, result.Path);
            using ModelFile after = ModelFile.Open(path);
            Assert.Equal("Float16", after.Describe().Precision);
        }

        Assert.Equal(2, Directory.EnumerateFileSystemEntries(scratch.Path).Count());
    }

    [Theory]
    [InlineData("nn_cnn/fp32.mlmodel")]
    [InlineData("convnet_iOS16/fp32.mlpackage")]
    public void Run_OntoItself_IsRefusedUnlessInPlace(string fixture)
    {
        using var scratch = new ScratchFolder();
        string path = TestFiles.Copy(TestFiles.Fixture(fixture), scratch.Combine(Path.GetFileName(fixture)));
        using ModelFile model = ModelFile.Open(path);
        CompressionPlan plan = ModelCompressor.Plan(model, new Float16Recipe());
        Assert.Throws<DestinationIsSourceException>(() => ModelCompressor.Run(model, plan, path + Path.DirectorySeparatorChar, new ConversionOptions { Overwrite = true }));
        using ModelFile after = ModelFile.Open(path);
        Assert.Equal("Float32", after.Describe().Precision);
    }

    [Fact]
    public void InTermsOfDestination_Failure_NamesTheDestinationOnly()
    {
        using var scratch = new ScratchFolder();
        string destination = scratch.Combine("out.mlpackage");
        using StagedOutput staged = StagedOutput.Begin(destination, overwrite: false);
        string weights = Path.Combine("Data", "weights");
        Assert.Equal(
            $"No space left on device : '{Path.Combine(destination, weights)}'",
            staged.InTermsOfDestination(new IOException($"No space left on device : '{Path.Combine(staged.ContentPath, weights)}'")).Message);
        Assert.Equal($"'{destination}': Disk full.", staged.InTermsOfDestination(new IOException("Disk full.")).Message);
        Assert.IsType<UnauthorizedAccessException>(staged.InTermsOfDestination(new UnauthorizedAccessException("No access.")));
    }

    [Fact]
    public void Run_FullDisk_LeavesTheDestinationAsItWas()
    {
        // The device that is always full fails a write in the middle as a full disk does.
        if (!OperatingSystem.IsLinux() || !File.Exists("/dev/full"))
        {
            return;
        }

        var part = new FailingPart();
        using var scratch = new ScratchFolder();
        using (StagedOutput staged = StagedOutput.Begin(scratch.Combine("out.mlmodel"), overwrite: false))
        {
            Assert.Throws<IOException>(() => OutputWriter.Write(
                new OutputModel(false, [(string.Empty, FileLayout.Of(part))], []), staged.ContentPath, 2, null, null, default));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(scratch.Path));
    }

    // What a run leaves that is killed in the middle.
    private static string Abandon(string destination, Action<string> fill)
    {
        StagingFolder staging = StagingFolder.Create(destination);
        fill(staging.Path);
        staging.Leave();
        return staging.Path;
    }

    private static void PutAside(string staging)
    {
        Directory.CreateDirectory(Path.Combine(staging, "old"));
        File.WriteAllText(Path.Combine(staging, "old", "weights"), "precious");
    }

    private sealed class Callback(Action<ConversionProgress> report) : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value) => report(value);
    }

    /// <summary>Writes to the device that is always full once its turn comes.</summary>
    private sealed class FailingPart : OutputPart
    {
        public override long Length => 1 << 16;

        public override IEnumerable<OutputJob> Split(long position) => [];

        public override void Fill(Span<byte> destination)
        {
            using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write);
            full.Write(destination);
            full.Flush();
        }
    }
}
