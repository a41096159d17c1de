using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using CoreMLQuant.Errors;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Validation;
using CoreMLQuant.Validation.Findings;
using Xunit;

namespace CoreMLQuant.Tests.Files;

/// <summary>Packages as they come: other names and authors, no weights, broken and hostile manifests.</summary>
public class PackageTests
{
    private const string Root = "00000000-0000-0000-0000-000000000001";

    [Fact]
    public void Open_OtherSpecificationNameAndAuthor_FollowsTheManifest()
    {
        using var scratch = new ScratchFolder();
        string package = Copy(scratch, "convnet_iOS16");
        string data = Path.Combine(package, "Data");
        Directory.Move(Path.Combine(data, "com.apple.CoreML"), Path.Combine(data, "org.example"));
        File.Move(Path.Combine(data, "org.example", "model.mlmodel"), Path.Combine(data, "org.example", "MNISTClassifier.mlmodel"));
        File.WriteAllText(Path.Combine(data, "org.example", "Metadata.json"), "{}");
        Manifest(package, "org.example/MNISTClassifier.mlmodel", "org.example/weights", "org.example/Metadata.json");
        string converted = scratch.Combine("out.mlpackage");
        EngineRuns.Convert(package, converted, new CoreMLQuant.Recipes.Float16Recipe());
        using ModelFile model = ModelFile.Open(converted);
        Assert.Equal("Float16", model.Describe().Precision);
        Assert.Equal("{}", File.ReadAllText(Path.Combine(converted, "Data", "org.example", "Metadata.json")));
        Assert.Equal(File.ReadAllBytes(Path.Combine(package, "Manifest.json")), File.ReadAllBytes(Path.Combine(converted, "Manifest.json")));
    }

    [Fact]
    public void Open_NeuralNetworkInAPackageWithoutWeights_Works()
    {
        using var scratch = new ScratchFolder();
        string package = scratch.Combine("m.mlpackage");
        Directory.CreateDirectory(Path.Combine(package, "Data", "com.apple.CoreML"));
        File.Copy(TestFiles.Fixture("nn_cnn", "fp32.mlmodel"), Path.Combine(package, "Data", "com.apple.CoreML", "model.mlmodel"));
        Manifest(package, "com.apple.CoreML/model.mlmodel");
        string converted = scratch.Combine("out.mlpackage");
        EngineRuns.Convert(package, converted, new CoreMLQuant.Recipes.Float16Recipe());
        using ModelFile model = ModelFile.Open(converted);
        Assert.Equal(nameof(ModelFormat.NeuralNetwork), model.Describe().Format);
        Assert.Equal("Float16", model.Describe().Precision);
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("C:\\Windows\\x")]
    [InlineData("com.apple.CoreML/../../x")]
    [InlineData("..\\x")]
    [InlineData("")]
    public void Open_ManifestPathThatLeavesThePackage_IsRefused(string path)
    {
        using var scratch = new ScratchFolder();
        string package = Copy(scratch, "convnet_iOS16");
        Manifest(package, path.Replace("\\", "\\\\", StringComparison.Ordinal));
        var error = Assert.Throws<CoreMLFormatException>(() => ModelFile.Open(package));
        Assert.Equal(FormatRule.PathOutsidePackage, error.Rule);
        Assert.EndsWith("Manifest.json", error.File, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ManifestWithEndlessTexts_ShowsTheirEnds()
    {
        using var scratch = new ScratchFolder();
        string package = Copy(scratch, "convnet_iOS16");
        Manifest(package, "../" + new string('a', 1_000_000));
        Assert.InRange(Assert.Throws<CoreMLFormatException>(() => ModelFile.Open(package)).Message.Length, 1, 2_000);
    }

    [Fact]
    public void Open_LinkOutOfThePackage_IsRefused()
    {
        using var scratch = new ScratchFolder();
        string package = Copy(scratch, "convnet_iOS16");
        string weights = Path.Combine(package, "Data/com.apple.CoreML/weights/weight.bin");
        File.Move(weights, scratch.Combine("elsewhere.bin"));
        try
        {
            File.CreateSymbolicLink(weights, scratch.Combine("elsewhere.bin"));
        }
        catch (IOException)
        {
            return; // Windows needs a privilege for links.
        }

        using ModelFile model = ModelFile.Open(package);
        Assert.Equal(FormatRule.PathOutsidePackage, Assert.Throws<CoreMLFormatException>(() => model.Describe()).Rule);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"fileFormatVersion\":\"2.0.0\",\"rootModelIdentifier\":\"a\",\"itemInfoEntries\":{}}")]
    [InlineData("{\"fileFormatVersion\":\"1.0.0\",\"rootModelIdentifier\":\"a\",\"itemInfoEntries\":{}}")]
    [InlineData("{\"fileFormatVersion\":\"1.0.0\",\"rootModelIdentifier\":\"a\",\"itemInfoEntries\":{\"a\":{}}}")]
    [InlineData("{\"fileFormatVersion\":\"1.0.0\",\"rootModelIdentifier\":\"a\",\"itemInfoEntries\":7}")]
    public void Open_BrokenManifest_IsRefused(string manifest)
    {
        using var scratch = new ScratchFolder();
        string package = Copy(scratch, "convnet_iOS16");
        File.WriteAllText(Path.Combine(package, "Manifest.json"), manifest);
        Assert.Equal(FormatRule.InvalidManifest, Assert.Throws<CoreMLFormatException>(() => ModelFile.Open(package)).Rule);
    }

    [Fact]
    public void Open_NothingCompiledEncryptedOrIncomplete_EachHasItsRule()
    {
        using var scratch = new ScratchFolder();
        Assert.Equal(FormatRule.ModelNotFound, Rule(scratch.Combine("nowhere.mlmodel")));
        Directory.CreateDirectory(scratch.Combine("empty.mlpackage"));
        Assert.Equal(FormatRule.InvalidManifest, Rule(scratch.Combine("empty.mlpackage")));
        Directory.CreateDirectory(scratch.Combine("c.mlmodelc"));
        Assert.Equal(FormatRule.CompiledModel, Rule(scratch.Combine("c.mlmodelc")));
        Directory.CreateDirectory(scratch.Combine("e.mlmodelc", "encryptionInfo"));
        Assert.Equal(FormatRule.EncryptedModel, Rule(scratch.Combine("e.mlmodelc")));

        string package = Copy(scratch, "convnet_iOS16");
        string weights = Path.Combine(package, "Data/com.apple.CoreML/weights/weight.bin");
        using (FileStream file = File.OpenWrite(weights))
        {
            file.SetLength(file.Length / 2);
        }

        Assert.Equal(FormatRule.TruncatedWeightFile, DescribeRule(package));
        File.Delete(weights);
        Assert.Equal(FormatRule.MissingWeightFile, DescribeRule(package));
        Directory.Delete(Path.GetDirectoryName(weights)!);
        Assert.Equal(FormatRule.MissingPackageItem, Rule(package));
    }

    [Fact]
    public void Open_EmptyWeightFolderIsGone_IsReadAndToldAndTheOutputHasIt()
    {
        using var scratch = new ScratchFolder();
        string package = scratch.Combine("model.mlpackage");
        ZipFile.ExtractToDirectory(TestFiles.Fixture("run", "nets.zip"), scratch.Combine("nets"));
        TestFiles.Copy(scratch.Combine("nets", "einsum_iOS16", "model.mlpackage"), package);
        string weights = Path.Combine(package, "Data", "com.apple.CoreML", "weights");
        if (Directory.Exists(weights))
        {
            Directory.Delete(weights);
        }

        using (ModelFile model = ModelFile.Open(package))
        {
            Assert.Equal("Data/com.apple.CoreML/weights", model.Container.MissingWeightFolder);
        }

        Finding finding = Assert.Single(ModelValidator.Validate(package).Findings);
        Assert.Equal(nameof(FormatRule.MissingPackageItem), finding.Rule);

        string converted = scratch.Combine("converted.mlpackage");
        EngineRuns.Convert(package, converted, new CoreMLQuant.Recipes.Float16Recipe());
        Assert.True(Directory.Exists(Path.Combine(converted, "Data", "com.apple.CoreML", "weights")));
        Assert.Empty(ModelValidator.Validate(converted).Findings);
    }

    [Fact]
    public void FindModels_PackagesAreLeavesAndOrderIsOrdinal()
    {
        using var scratch = new ScratchFolder();
        Copy(scratch, "convnet_iOS16");
        TestFiles.Copy(TestFiles.Fixture("nn_cnn", "fp32.mlmodel"), scratch.Combine("sub", "b.mlmodel"));
        File.WriteAllText(scratch.Combine("a.MLMODEL"), "x");
        File.WriteAllText(scratch.Combine("readme.md"), "x");
        Assert.Equal(["a.MLMODEL", "in.mlpackage"], ModelFolder.FindModels(scratch.Path, recurse: false, Unexpected).Select(Path.GetFileName));
        Assert.Equal(["a.MLMODEL", "in.mlpackage", "b.mlmodel"], ModelFolder.FindModels(scratch.Path, recurse: true, Unexpected).Select(Path.GetFileName));
        Assert.Equal(scratch.Combine("in.mlpackage"), ModelPaths.ContainingPackage(scratch.Combine("in.mlpackage", "Data", "x")));
        Assert.Null(ModelPaths.ContainingPackage(scratch.Combine("sub", "b.mlmodel")));
        Assert.Equal(scratch.Combine("in_fp16.mlpackage"), ModelPaths.DefaultDestination(scratch.Combine("in.mlpackage") + Path.DirectorySeparatorChar, "_fp16", null));
    }

    [Fact]
    public void FindModels_UnreadableFolder_IsToldAndPassedOver()
    {
        using var scratch = new ScratchFolder();
        TestFiles.Copy(TestFiles.Fixture("nn_cnn", "fp32.mlmodel"), scratch.Combine("z", "b.mlmodel"));
        var unreadable = new List<string>();
        IEnumerable<string> found = ModelFolder.FindModels(scratch.Path, recurse: true, (folder, e) =>
        {
            Assert.IsType<IOException>(e, exactMatch: false);
            unreadable.Add(folder);
        });
        File.WriteAllText(scratch.Combine("a.mlmodel"), "x");
        string gone = Directory.CreateDirectory(scratch.Combine("gone")).FullName;
        using IEnumerator<string> walk = found.GetEnumerator();
        Assert.True(walk.MoveNext());
        Assert.Equal("a.mlmodel", Path.GetFileName(walk.Current));

        // It was listed with its parent and is gone by the time that it is read.
        Directory.Delete(gone);
        Assert.True(walk.MoveNext());
        Assert.Equal("b.mlmodel", Path.GetFileName(walk.Current));
        Assert.False(walk.MoveNext());
        Assert.Equal([gone], unreadable);
    }

    private static void Unexpected(string folder, Exception e) => Assert.Fail($"'{folder}' could not be read: {e.Message}");

    private static FormatRule Rule(string path) => Assert.Throws<CoreMLFormatException>(() => ModelFile.Open(path)).Rule;

    private static FormatRule DescribeRule(string path)
    {
        using ModelFile model = ModelFile.Open(path);
        return Assert.Throws<CoreMLFormatException>(() => model.Describe()).Rule;
    }

    private static string Copy(ScratchFolder scratch, string fixture) =>
        TestFiles.Copy(TestFiles.Fixture(fixture, "fp32.mlpackage"), scratch.Combine("in.mlpackage"));

    private static void Manifest(string package, string rootPath, params string[] others)
    {
        string items = string.Join(",", others.Prepend(rootPath).Select((path, index) =>
            $"\"{(index == 0 ? Root : $"item-{index}")}\":{{\"path\":\"{path}\",\"name\":\"n\",\"author\":\"a\",\"description\":\"d\"}}"));
        File.WriteAllText(
            Path.Combine(package, "Manifest.json"),
            $"{{\"fileFormatVersion\":\"1.0.0\",\"rootModelIdentifier\":\"{Root}\",\"itemInfoEntries\":{{{items}}}}}");
    }
}
