using System;
using System.IO;
using System.Runtime.InteropServices;
using CoreMLQuant.Conversion;
using CoreMLQuant.Errors;
using CoreMLQuant.Files.Native;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Validation;
using Xunit;

namespace CoreMLQuant.Tests.Files;

/// <summary>Links, pipes and devices in packages: nothing is followed that may do harm, and nothing waits for ever.</summary>
public class HostilePackageTests
{
    // Milliseconds that only a test takes that waits for ever.
    private const int Hang = 600_000;

    private const string Weights = "Data/com.apple.CoreML/weights/weight.bin";
    private const string Specification = "Data/com.apple.CoreML/model.mlmodel";
    private static readonly string[] PackageFiles = ["Manifest.json", Specification, Weights];

    [Fact(Timeout = Hang)]
    public async System.Threading.Tasks.Task Plan_TwoLinksToTheirOwnFolder_IsRefusedAtOnce()
    {
        if (!Posix.IsAvailable)
        {
            return;
        }

        await System.Threading.Tasks.Task.Run(() =>
        {
            using var scratch = new ScratchFolder();
            string package = Copy(scratch);
            Directory.CreateSymbolicLink(Path.Combine(package, "a"), ".");
            Directory.CreateSymbolicLink(Path.Combine(package, "b"), ".");
            using ModelFile model = ModelFile.Open(package, followLinks: true);
            Assert.Equal(FormatRule.NotRegularFile, Assert.Throws<CoreMLFormatException>(() => ModelCompressor.Plan(model, new Float16Recipe())).Rule);
        });
    }

    [Fact]
    public void EveryWalk_Stopped_EndsWithoutAnError()
    {
        using var scratch = new ScratchFolder();
        string package = Copy(scratch);
        var stopped = new System.Threading.CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(() => ModelFile.Open(package, followLinks: false, stopped));
        Assert.Throws<OperationCanceledException>(() => ModelValidator.Validate(package, stopped));
        using ModelFile model = ModelFile.Open(package);
        Assert.Throws<OperationCanceledException>(() => model.Describe(stopped));
        Assert.Throws<OperationCanceledException>(() => model.Container.ReadEntries(stopped));
        Assert.Throws<OperationCanceledException>(() => ModelCompressor.Plan(model, new Float16Recipe(), stopped));

        // A walk that was stopped is not taken for the package.
        Assert.Equal(PackageFiles.Length, model.Container.Files.Count);
        Assert.Throws<OperationCanceledException>(() => model.Container.CheckUnchanged(stopped));
    }

    [Theory(Timeout = Hang)]
    [InlineData("Manifest.json")]
    [InlineData(Specification)]
    [InlineData(Weights)]
    [InlineData("extra")]
    public async System.Threading.Tasks.Task Plan_PipeInAPackage_IsRefusedAtOnce(string file)
    {
        if (!Posix.IsAvailable)
        {
            return;
        }

        await System.Threading.Tasks.Task.Run(() =>
        {
            using var scratch = new ScratchFolder();
            string package = Copy(scratch);
            string pipe = Path.Combine(package, file);
            File.Delete(pipe);
            Assert.Equal(0, MkFifo(Posix.Bytes(pipe), 0x1B6));
            var error = Assert.Throws<CoreMLFormatException>(() =>
            {
                using ModelFile model = ModelFile.Open(package);
                ModelCompressor.Plan(model, new Float16Recipe());
            });
            Assert.Equal(FormatRule.NotRegularFile, error.Rule);
            Assert.Equal(pipe, error.File);
        });
    }

    [Fact(Timeout = Hang)]
    public async System.Threading.Tasks.Task Validate_LoopingLinkOrDevice_IsAFinding()
    {
        if (!Posix.IsAvailable)
        {
            return;
        }

        await System.Threading.Tasks.Task.Run(() =>
        {
            using var scratch = new ScratchFolder();
            string loop = scratch.Combine("loop.mlmodel");
            File.CreateSymbolicLink(loop, loop);
            Assert.Equal(nameof(FormatRule.BrokenLink), Assert.Single(ModelValidator.Validate(loop).Findings).Rule);

            string device = scratch.Combine("device.mlmodel");
            File.CreateSymbolicLink(device, "/dev/zero");
            Assert.Equal(nameof(FormatRule.NotRegularFile), Assert.Single(ModelValidator.Validate(device, followLinks: true).Findings).Rule);
        });
    }

    [Fact]
    public void Run_PackageInAHuggingFaceCache_FollowsItsBlobs()
    {
        if (!Posix.IsAvailable)
        {
            return;
        }

        using var scratch = new ScratchFolder();
        string package = Cached(scratch, "models--a--b", "models--a--b");
        string plain = scratch.Combine("plain_fp16.mlpackage"), linked = scratch.Combine("linked_fp16.mlpackage");
        EngineRuns.Convert(TestFiles.Fixture("convnet_iOS16", "fp32.mlpackage"), plain, new Float16Recipe());
        EngineRuns.Convert(package, linked, new Float16Recipe());
        Assert.Equal(EngineRuns.Contents(plain), EngineRuns.Contents(linked));
        Assert.Equal(FileKind.Regular, FileFacts.Of(Path.Combine(linked, "Manifest.json"), followLink: false)!.Value.Kind);

        using ModelFile model = ModelFile.Open(package), original = ModelFile.Open(TestFiles.Fixture("convnet_iOS16", "fp32.mlpackage"));
        Assert.Equal(original.Describe().Size, model.Describe().Size);
        Assert.True(ModelValidator.Validate(package).IsValid);
    }

    [Fact]
    public void Open_LinksToAnotherRepositorysBlobs_OnlyWhenAsked()
    {
        if (!Posix.IsAvailable)
        {
            return;
        }

        using var scratch = new ScratchFolder();
        string package = Cached(scratch, "models--a--b", "models--c--d");
        var error = Assert.Throws<CoreMLFormatException>(() => ModelFile.Open(package));
        Assert.Equal(FormatRule.PathOutsidePackage, error.Rule);
        Assert.Contains("-FollowLinks", error.Message, StringComparison.Ordinal);
        using ModelFile model = ModelFile.Open(package, followLinks: true);
        Assert.NotEmpty(model.GetWeights());
    }

    [Fact]
    public void Open_SingleFileThatIsALink_FollowsTheSameRules()
    {
        if (!Posix.IsAvailable)
        {
            return;
        }

        using var scratch = new ScratchFolder();
        string fixture = TestFiles.Fixture("nn_cnn", "fp32.mlmodel");
        Directory.CreateDirectory(scratch.Combine("models--a--b", "blobs"));
        Directory.CreateDirectory(scratch.Combine("models--a--b", "snapshots", "1"));
        TestFiles.Copy(fixture, scratch.Combine("models--a--b", "blobs", "0123"));
        string cached = scratch.Combine("models--a--b", "snapshots", "1", "m.mlmodel");
        File.CreateSymbolicLink(cached, "../../blobs/0123");
        TestFiles.Copy(fixture, scratch.Combine("v1.mlmodel"));
        string latest = scratch.Combine("latest.mlmodel");
        File.CreateSymbolicLink(latest, "v1.mlmodel");
        foreach (string link in new[] { cached, latest })
        {
            using ModelFile model = ModelFile.Open(link);
            Assert.Equal(new FileInfo(fixture).Length, model.Describe().Size);
        }

        string elsewhere = scratch.Combine("models--a--b", "elsewhere.mlmodel");
        File.CreateSymbolicLink(elsewhere, scratch.Combine("v1.mlmodel"));
        Assert.Equal(FormatRule.PathOutsidePackage, Assert.Throws<CoreMLFormatException>(() => ModelFile.Open(elsewhere)).Rule);
        using ModelFile followed = ModelFile.Open(elsewhere, followLinks: true);
        Assert.Equal(elsewhere, followed.Path);
    }

    [Fact]
    public void Run_SourceRewrittenMeanwhile_IsAnErrorAndLeavesNothing()
    {
        using var scratch = new ScratchFolder();
        string package = Copy(scratch);
        using ModelFile model = ModelFile.Open(package);
        var plan = ModelCompressor.Plan(model, new Float16Recipe());

        // Same length, other time.
        File.SetLastWriteTimeUtc(Path.Combine(package, "Manifest.json"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var error = Assert.Throws<IOException>(() => ModelCompressor.Run(model, plan, scratch.Combine("out.mlpackage"), new ConversionOptions()));
        Assert.Contains(package, error.Message, StringComparison.Ordinal);
        Assert.Equal([package], Directory.GetFileSystemEntries(scratch.Path));
    }

    private static string Copy(ScratchFolder scratch) => TestFiles.Copy(TestFiles.Fixture("convnet_iOS16", "fp32.mlpackage"), scratch.Combine("in.mlpackage"));

    // As huggingface_hub lays it out: a folder of links into the blobs of its repository.
    private static string Cached(ScratchFolder scratch, string repository, string blobsOf)
    {
        string package = scratch.Combine(repository, "snapshots", "0a1b2c", "m.mlpackage");
        string blobs = scratch.Combine(blobsOf, "blobs");
        Directory.CreateDirectory(scratch.Combine(repository, "blobs"));
        Directory.CreateDirectory(blobs);
        foreach (string file in PackageFiles)
        {
            string link = Path.Combine(package, file);
            string blob = Path.Combine(blobs, Path.GetFileName(file) + "-hash");
            TestFiles.Copy(TestFiles.Fixture("convnet_iOS16", "fp32.mlpackage/" + file), blob);
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            File.CreateSymbolicLink(link, Path.GetRelativePath(Path.GetDirectoryName(link)!, blob));
        }

        return package;
    }

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    private static extern int MkFifo(byte[] path, uint mode);
}
