using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using CoreMLQuant.Conversion;
using CoreMLQuant.Elements;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Specification.Schema;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>FP16 of every ML Program fixture against what coremltools made of the same source.</summary>
public class Float16ConformanceTests
{
    private static readonly string[] ReferenceVariants = ["fp16.mlpackage", "fp16_merged.mlpackage", "fp16_stages.mlpackage"];

    public static TheoryData<string> Folders => new(Vectors.Variants(variant => variant == "fp32.mlpackage").Select(variant => variant.Folder));

    public static TheoryData<string, string> Packages
    {
        get
        {
            var packages = new TheoryData<string, string>();
            foreach ((string folder, string variant) in Vectors.Variants(variant => variant.EndsWith(".mlpackage", StringComparison.Ordinal)))
            {
                packages.Add(folder, variant);
            }

            return packages;
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Convert_Float32Fixture_HasTheOperationsOfCoremltoolsFloat16(string folder)
    {
        using var scratch = new ScratchFolder();
        using ModelFile model = Converted(folder, scratch, new Float16Recipe());
        foreach ((string name, JsonElement function) in Vectors.Functions(Reference(folder)))
        {
            List<string> expected = Vectors.Operations(function).ToList();
            List<string> actual = EngineRuns.Operations(model)[name].ToList();
            RemoveGatherGuards(folder, name, expected);
            Assert.True(Casts(actual) <= Casts(expected), $"{Casts(actual)} casts, coremltools has {Casts(expected)}");
            Assert.Equal(Sorted(expected), Sorted(actual));
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Convert_Float32Fixture_HasCoremltoolsWeightsBitForBit(string folder)
    {
        using var scratch = new ScratchFolder();
        using ModelFile model = Converted(folder, scratch, new Float16Recipe());
        Dictionary<string, byte[]> ours = EngineRuns.StoredFloats(model);
        int compared = 0;
        foreach ((string function, JsonElement body) in Vectors.Functions(Reference(folder)))
        {
            HashSet<string> digests = ours.Where(weight => weight.Key.StartsWith(function + "/", StringComparison.Ordinal)).Select(weight => Digest(weight.Value)).ToHashSet();
            foreach (JsonProperty weight in body.GetProperty("weights").EnumerateObject().Where(weight => IsFloat(weight.Value)))
            {
                Assert.True(digests.Contains(weight.Value.GetProperty("sha256").GetString()!), $"no weight of ours equals '{weight.Name}'");
                compared++;
            }
        }

        Assert.True(compared > 0);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Convert_WeightsOnly_DecodesToCoremltoolsFloat16Values(string folder)
    {
        using var scratch = new ScratchFolder();
        string destination = scratch.Combine("out.mlpackage");
        ConversionResult result = EngineRuns.Convert(TestFiles.Fixture(folder, "fp32.mlpackage"), destination, new Float16Recipe { WeightsOnly = true });
        using ModelFile model = ModelFile.Open(destination);
        HashSet<string> ours = EngineRuns.StoredFloats(model).Values.Select(Digest).ToHashSet();
        string[] expected = Vectors.Functions(Reference(folder))
            .SelectMany(function => function.Function.GetProperty("weights").EnumerateObject())
            .Where(weight => IsFloat(weight.Value))
            .Select(weight => weight.Value.GetProperty("sha256").GetString()!)
            .Distinct()
            .ToArray();

        // What stays FP32 is told with its reason; everything else has coremltools' bits.
        int skipped = result.Weights.Count(weight => weight.Action == nameof(WeightAction.Skip) && weight.EncodingBefore == "Float32");
        Assert.All(result.Weights, weight => Assert.Equal(weight.Action == nameof(WeightAction.Skip), weight.Reason.Length > 0));
        Assert.True(expected.Count(digest => !ours.Contains(digest)) <= skipped);
        Assert.All(result.Weights.Where(weight => weight.Action == nameof(WeightAction.Convert)), weight => Assert.True(weight.Snr > 60, weight.Name));
        Assert.True(result.SpecificationVersionAfter >= 7);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Convert_ConvertedModel_ChangesNothingAndSaysSo(string folder)
    {
        using var scratch = new ScratchFolder();
        foreach (bool weightsOnly in new[] { false, true })
        {
            string once = scratch.Combine($"once{weightsOnly}.mlpackage");
            var recipe = new Float16Recipe { WeightsOnly = weightsOnly };
            EngineRuns.Convert(TestFiles.Fixture(folder, "fp32.mlpackage"), once, recipe);
            ConversionResult again = EngineRuns.Convert(once, scratch.Combine("twice.mlpackage"), recipe);
            Assert.Equal(nameof(ConversionStatus.Unchanged), again.Status);
            Assert.Equal(once, again.Path);
            Assert.Contains("nothing to convert", again.Notes);
            Assert.False(Directory.Exists(scratch.Combine("twice.mlpackage")));
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Convert_CoremltoolsOwnFloat16_ChangesNothing(string folder)
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Fixture(folder, ReferenceVariants.First(variant => Directory.Exists(TestFiles.Fixture(folder, variant))));
        Assert.Equal(nameof(ConversionStatus.Unchanged), EngineRuns.Convert(source, scratch.Combine("out.mlpackage"), new Float16Recipe()).Status);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Convert_StoredThenComputing_EqualsComputingDirectly(string folder)
    {
        using var scratch = new ScratchFolder();
        EngineRuns.Convert(TestFiles.Fixture(folder, "fp32.mlpackage"), scratch.Combine("stored.mlpackage"), new Float16Recipe { WeightsOnly = true });
        EngineRuns.Convert(scratch.Combine("stored.mlpackage"), scratch.Combine("both.mlpackage"), new Float16Recipe());
        using ModelFile both = ModelFile.Open(scratch.Combine("both.mlpackage"));
        using ModelFile direct = Converted(folder, scratch, new Float16Recipe());
        Assert.Equal(EngineRuns.Operations(direct), EngineRuns.Operations(both));
        Assert.Equal(
            EngineRuns.StoredFloats(direct).ToDictionary(weight => weight.Key, weight => Digest(weight.Value)),
            EngineRuns.StoredFloats(both).ToDictionary(weight => weight.Key, weight => Digest(weight.Value)));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Convert_Twice_GivesTheSameBytesWhateverTheWorkers(string folder)
    {
        using var scratch = new ScratchFolder();
        foreach (int workers in new[] { 1, 7 })
        {
            using ModelFile model = ModelFile.Open(TestFiles.Fixture(folder, "fp32.mlpackage"));
            CompressionPlan plan = ModelCompressor.Plan(model, new Float16Recipe());
            ConversionResult result = ModelCompressor.Run(model, plan, scratch.Combine($"{workers}.mlpackage"), new ConversionOptions { MaxDegreeOfParallelism = workers });
            Assert.Equal(result.After, EngineRuns.Contents(result.Path).Values.Sum(file => (long)file.Length));
        }

        Assert.Equal(EngineRuns.Contents(scratch.Combine("1.mlpackage")), EngineRuns.Contents(scratch.Combine("7.mlpackage")));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Convert_AnyVariantInAnyWay_KeepsDescriptionAndFunctionsInStep(string folder, string variant)
    {
        using var scratch = new ScratchFolder();
        Float16Recipe[] recipes = [new(), new() { WeightsOnly = true }, new() { InputOutputPrecision = FeaturePrecision.Float16 }];
        for (int i = 0; i < recipes.Length; i++)
        {
            ConversionResult result = EngineRuns.Convert(TestFiles.Fixture(folder, variant), scratch.Combine($"{i}.mlpackage"), recipes[i]);
            using ModelFile model = ModelFile.Open(result.Path);
            Assert.NotEmpty(model.GetWeights());
            foreach (Model stage in PipelineStages.AllModels(model.Specification).Where(stage => stage.TypeCase == Model.TypeOneofCase.MlProgram))
            {
                foreach (CoreMLQuant.Mil.ProgramGraph graph in CoreMLQuant.Mil.ProgramGraph.Of(stage.MlProgram))
                {
                    Assert.Empty(graph.Unresolved);
                    FunctionDescription? own = stage.Description.Functions.FirstOrDefault(function => function.Name == graph.FunctionName);
                    AssertInStep(own?.Input ?? stage.Description.Input, graph.Values.Where(value => value.Maker is null));
                    AssertInStep(own?.Output ?? stage.Description.Output, graph.Values.Where(value => value.OutputOf.Contains(graph.Body)));
                }
            }
        }
    }

    private static void AssertInStep(IEnumerable<FeatureDescription> features, IEnumerable<CoreMLQuant.Mil.ValueNode> values)
    {
        ILookup<string, ElementType> types = values.ToLookup(value => value.Name, value => value.ElementType);
        foreach (FeatureDescription feature in features)
        {
            Assert.True(types.Contains(feature.Name), $"'{feature.Name}' is described but not there");
            if (feature.Type.MultiArrayType is { } array)
            {
                Assert.Equal(array.DataType.ToString(), types[feature.Name].First().ToString());
            }
        }
    }

    private static JsonElement Reference(string folder) =>
        ReferenceVariants.Select(variant => Vectors.Of(folder).TryGetProperty(variant, out JsonElement found) ? found : default).First(found => found.ValueKind == JsonValueKind.Object);

    private static ModelFile Converted(string folder, ScratchFolder scratch, Float16Recipe recipe)
    {
        string destination = scratch.Combine("converted.mlpackage");
        EngineRuns.Convert(TestFiles.Fixture(folder, "fp32.mlpackage"), destination, recipe);
        return ModelFile.Open(destination);
    }

    // coremltools guards every dynamic gather again each time it loads a model: three operations that the source does not have.
    private static void RemoveGatherGuards(string folder, string function, List<string> expected)
    {
        string[] source = Vectors.Functions(Vectors.Of(folder).GetProperty("fp32.mlpackage")).First(candidate => candidate.Name == function).Function
            is { } body ? Vectors.Operations(body).ToArray() : [];
        foreach (string guard in new[] { "greater_equal(bool)", "add(int32)", "select(int32)" })
        {
            while (expected.Count(operation => operation == guard) > source.Count(operation => operation == guard))
            {
                expected.Remove(guard);
            }
        }
    }

    // One cast for each value is enough; coremltools makes one in every block. So casts are compared by number, not by place.
    private static IEnumerable<string> Sorted(IEnumerable<string> operations) =>
        operations.Where(operation => !operation.StartsWith("cast(", StringComparison.Ordinal)).OrderBy(operation => operation, StringComparer.Ordinal);

    private static int Casts(IEnumerable<string> operations) => operations.Count(operation => operation.StartsWith("cast(", StringComparison.Ordinal));

    private static bool IsFloat(JsonElement weight) => weight.GetProperty("dtype").GetString() == "float16";

    private static string Digest(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();
}
