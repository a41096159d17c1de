using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using CoreMLQuant.Elements;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Specification.Schema;
using Xunit;

namespace CoreMLQuant.Tests.NeuralNetworks;

/// <summary>The weights of every NeuralNetwork fixture against what coremltools reads from the same file.</summary>
public class NetworkCatalogTests
{
    public static TheoryData<string, string> Variants
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach ((string folder, string variant) in Vectors.Variants(variant => variant.EndsWith(".mlmodel", StringComparison.Ordinal)))
            {
                data.Add(folder, variant);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Weights_AnyVariant_AreCoremltoolsWeights(string folder, string variant)
    {
        using ModelFile file = ModelFile.Open(TestFiles.Fixture(folder, variant));
        Dictionary<string, NetworkModels.Weight> actual = NetworkModels.Weights(file);
        JsonProperty[] expected = Vectors.Of(folder).GetProperty(variant).GetProperty("weights").EnumerateObject().ToArray();
        Assert.Equal(expected.Select(weight => weight.Name), actual.Keys);
        Assert.All(expected, weight =>
        {
            NetworkModels.Weight ours = actual[weight.Name];
            Assert.Equal(weight.Value.GetProperty("layer").GetString(), ours.Site.OpType);
            if (weight.Value.GetProperty("kind").GetString() == "quantized")
            {
                AssertQuantized(weight.Value, ours, file);
            }
            else
            {
                AssertPlain(weight.Value, ours);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void GetWeights_AnyVariant_ListsPlaceAndSize(string folder, string variant)
    {
        string path = TestFiles.Fixture(folder, variant);
        byte[] content = System.IO.File.ReadAllBytes(path);
        using ModelFile file = ModelFile.Open(path);
        NetworkModels.Weight[] expected = NetworkModels.Weights(file).Values.ToArray();
        IReadOnlyList<WeightSite> sites = file.GetWeights();
        Assert.Equal(expected.Length, sites.Count);
        Assert.All(sites.Zip(expected), pair =>
        {
            (WeightSite site, NetworkModels.Weight weight) = pair;
            Assert.Equal($"{site.OpName}/{weight.Field.Name}", site.Name);
            Assert.Equal([site.OpType], site.Consumers);
            Assert.Equal(variant, site.File);
            Assert.Equal(site.ElementCount, site.Shape.Aggregate(1L, (count, dimension) => count * dimension));
            Assert.Equal(weight.Bytes.Length >= 1024, site.Offset >= 0);
            if (site.Offset >= 0)
            {
                Assert.Equal(weight.Bytes, content.AsSpan((int)site.Offset, weight.Bytes.Length).ToArray());
            }
        });
    }

    [Theory]
    [InlineData("nn_cnn", "conv1/weights", 16, 3, 3, 3)]
    [InlineData("nn_cnn", "depthwise/weights", 32, 1, 3, 3)]
    [InlineData("nn_cnn", "deconv/weights", 32, 24, 4, 4)]
    [InlineData("nn_cnn", "fc2/weights", 10, 64)]
    [InlineData("nn_cnn", "const3/data", 24, 1, 1)]
    [InlineData("nn_cnn", "prelu/PReLU.alpha", 32)]
    [InlineData("nn_embeds", "emb_nd/weights", 48, 200)]
    [InlineData("nn_embeds", "bmm/weights", 64, 48)]
    [InlineData("nn_rnns", "rnn/weightMatrix", 48, 32)]
    [InlineData("nn_rnns", "lstm_peep/weightParams.outputGatePeepholeVector", 48)]
    [InlineData("nn_control", "lp/body/loop_fc/weights", 16, 16)]
    public void GetWeights_KnownLayer_HasItsShape(string folder, string name, params int[] shape)
    {
        using ModelFile file = ModelFile.Open(TestFiles.Fixture(folder, "fp32.mlmodel"));
        Assert.Equal(shape.Select(dimension => (long)dimension), file.GetWeights().Single(weight => weight.Name == name).Shape);
    }

    // What the writer's parameters say and what the data holds are two claims; here they must agree for every fixture.
    [Theory]
    [MemberData(nameof(Variants))]
    public void Catalog_LinearWeights_ClaimTheFixturesScales(string folder, string variant)
    {
        using ModelFile file = ModelFile.Open(TestFiles.Fixture(folder, variant));
        foreach (NetworkModels.Weight weight in NetworkModels.Weights(file).Values)
        {
            WeightField field = weight.Field;
            Assert.True(field.ClaimedCount == weight.Stored.ElementCount || field.Shape.Count == 0, weight.Site.Name);
            if (weight.Stored.Encoding == WeightEncoding.Linear)
            {
                // coremltools gives a grouped deconvolution the scales of one group only.
                bool groupedDeconvolution = field.ChannelAxis is { } axis && field.Shape[axis] != field.ChannelCount;
                long scales = file.Payloads.LengthOf(field.Params.Quantization.LinearQuantization.Scale) / 4;
                Assert.Equal(groupedDeconvolution ? field.Shape[field.ChannelAxis!.Value] : field.ChannelCount, scales);
            }
        }
    }

    [Fact]
    public void GetWeights_DeeplyNestedLayersOfLongNames_StaysSmall()
    {
        var innermost = new NeuralNetwork();
        for (int i = 0; i < 1000; i++)
        {
            innermost.Layers.Add(NetworkModels.InnerProduct($"fc{i}", NetworkModels.Floats(1)));
        }

        NeuralNetwork network = innermost;
        for (int depth = 0; depth < 50; depth++)
        {
            var layer = new NeuralNetworkLayer { Name = new string('n', 100_000), Branch = new BranchLayerParams { IfBranch = network } };
            network = new NeuralNetwork { Layers = { layer } };
        }

        using var scratch = new ScratchFolder();
        using ModelFile file = ModelFile.Open(NetworkModels.Write(scratch.Combine("deep.mlmodel"), network.Layers[0]));
        IReadOnlyList<WeightSite> sites = file.GetWeights();
        Assert.Equal(1000, sites.Count);
        Assert.All(sites, site => Assert.InRange(site.Name.Length, 1000, 1100));
        Assert.EndsWith("n/if/fc7/weights", sites[7].Name, StringComparison.Ordinal);
    }

    private static void AssertPlain(JsonElement expected, NetworkModels.Weight ours)
    {
        bool half = expected.GetProperty("kind").GetString() == "float16";
        Assert.Equal(WeightEncoding.Plain, ours.Site.Encoding);
        Assert.Equal(half ? ElementType.Float16 : ElementType.Float32, ours.Site.ElementType);
        Assert.Equal(ours.Site.ElementType, ours.Site.StorageType);
        Assert.Equal(expected.GetProperty("shape").EnumerateArray().Aggregate(1L, (count, dimension) => count * dimension.GetInt64()), ours.Site.ElementCount);
        Assert.Equal(ours.Bytes.Length, ours.Site.ByteCount);
        Assert.Equal(expected.GetProperty("sha256").GetString(), Digest(ours.Bytes));
    }

    private static void AssertQuantized(JsonElement expected, NetworkModels.Weight ours, ModelFile file)
    {
        bool table = expected.GetProperty("mode").GetString() == "lut";
        int bits = expected.GetProperty("bits").GetInt32();
        Assert.Equal(table ? WeightEncoding.Palettized : WeightEncoding.Linear, ours.Site.Encoding);
        Assert.Equal(ElementType.Float32, ours.Site.ElementType);
        Assert.Equal(bits, ours.Site.StorageType.BitWidth());
        Assert.Equal($"{(table ? "Palettized" : "Linear")} {bits}-bit", WeightEncodings.Describe(ours.Site));
        Assert.Equal(expected.GetProperty("rawBytes").GetInt64(), ours.Bytes.Length);
        Assert.Equal(expected.GetProperty("rawSha256").GetString(), Digest(ours.Bytes));
        Assert.Equal((ours.Site.ElementCount * bits + 7) / 8, ours.Bytes.Length);
        long parameters = table ? 1 << bits : 2 * expected.GetProperty("scales").GetInt64();
        Assert.Equal(ours.Bytes.Length + (4 * parameters), ours.Site.ByteCount);
        if (table)
        {
            byte[] values = file.Payloads.Resolve(ours.Field.Params.Quantization.LookupTableQuantization.FloatValue).ToArray();
            Assert.Equal(Floats(expected.GetProperty("lut")), MemoryMarshal.Cast<byte, float>(values).ToArray());
        }
    }

    private static float[] Floats(JsonElement values) => values.EnumerateArray().Select(value => (float)value.GetDouble()).ToArray();

    private static string Digest(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();
}
