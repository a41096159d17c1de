using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Elements;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using Xunit;

namespace CoreMLQuant.Tests.Models;

/// <summary>Open, save, compare: nothing that was not asked for may change, down to the byte.</summary>
public class RoundTripTests
{
    public static TheoryData<string> AllModels => new(FixtureModels().Concat(RealModels()));

    [Theory]
    [MemberData(nameof(AllModels))]
    public void Rewrite_Unchanged_IsTheSameByteForByte(string path)
    {
        using var scratch = new ScratchFolder();
        string copy = scratch.Combine("copy");
        EngineRuns.Rewrite(path, copy, relayWeights: false);
        AssertSame(path, copy);
    }

    [Theory]
    [MemberData(nameof(AllModels))]
    public void Rewrite_WithWeightFilesLaidOutAnew_HoldsTheSameModel(string path)
    {
        using var scratch = new ScratchFolder();
        string copy = scratch.Combine("copy");
        EngineRuns.Rewrite(path, copy, relayWeights: true);
        using ModelFile before = ModelFile.Open(path);
        using ModelFile after = ModelFile.Open(copy);
        Assert.Equal(
            before.GetWeights().Select(Fingerprint),
            after.GetWeights().Select(Fingerprint));
        Assert.Equal(Digests(before), Digests(after));
    }

    [Theory]
    [MemberData(nameof(AllModels))]
    public void Describe_AnyModel_SaysWhatItIs(string path)
    {
        using ModelFile file = ModelFile.Open(path);
        CoreMLModel model = file.Describe();
        Assert.NotEmpty(model.ModelType);
        Assert.InRange(model.SpecificationVersion, 1, Platform.NewestSpecificationVersion);
        Assert.Equal(EngineRuns.Contents(path).Values.Sum(content => (long)content.Length), model.Size);
        Assert.True(model.WeightSize <= model.Size);
        Assert.Equal(model.Format == nameof(ModelFormat.MLProgram), model.Functions.Count > 0);
        Assert.NotEmpty(model.Inputs);
        Assert.NotEmpty(model.Outputs);
    }

    [Fact]
    public void Convert_UnchangedModelInAnotherSpelling_TellsNoSaving()
    {
        // The specification version as a number of more bytes than it needs: legal protobuf that we would write shorter.
        using var scratch = new ScratchFolder();
        byte[] bytes = File.ReadAllBytes(TestFiles.Fixture("nn_cnn", "fp16.mlmodel"));
        Assert.Equal([0x08, 0x02], bytes[..2]);
        File.WriteAllBytes(scratch.Combine("m.mlmodel"), [0x08, 0x82, 0x80, 0x00, .. bytes[2..]]);
        ConversionResult once = EngineRuns.Convert(scratch.Combine("m.mlmodel"), scratch.Combine("a.mlmodel"), new Float16Recipe { Exclude = NamePatterns.Parse(["*"]) });
        Assert.Equal(nameof(ConversionStatus.Unchanged), once.Status);
        Assert.Equal(bytes.Length + 2, once.Before);
        Assert.Equal(once.Before, once.After);
    }

    private static IEnumerable<string> FixtureModels() =>
        Vectors.Variants(_ => true).Select(variant => TestFiles.Fixture(variant.Folder, variant.Variant)).Where(path => File.Exists(path) || Directory.Exists(path));

    // Real models are not part of the repository; where they lie beside it, they are tried as well.
    private static IEnumerable<string> RealModels()
    {
        string folder = Path.Combine(TestFiles.Root, "..", "shared", "models");
        return Directory.Exists(folder)
            ? Directory.EnumerateFileSystemEntries(folder).Where(ModelPaths.IsModelPath)
            : [];
    }

    private static (string, string, string, string, ElementType, WeightEncoding, long) Fingerprint(WeightSite site) =>
        (site.Stage, site.Function, site.Name, site.OpType, site.ElementType, site.Encoding, site.ByteCount);

    private static IEnumerable<string> Digests(ModelFile model) => model.Describe().Format == nameof(ModelFormat.MLProgram)
        ? EngineRuns.StoredFloats(model).Select(weight => weight.Key + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(weight.Value)))
        : [];

    private static void AssertSame(string expected, string actual)
    {
        Dictionary<string, byte[]> before = EngineRuns.Contents(expected);
        Dictionary<string, byte[]> after = EngineRuns.Contents(actual);
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.All(before, file => Assert.True(file.Value.AsSpan().SequenceEqual(after[file.Key]), $"{file.Key} differs"));
    }
}
