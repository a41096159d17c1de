using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using Xunit;

namespace CoreMLQuant.Tests.Inspection;

/// <summary>What is told of compressed weights, for each way in which coremltools compressed the same networks.</summary>
public class EncodingDetailsTests
{
    [Theory]
    [InlineData("convnet_iOS16", "q8sym", "Linear 8-bit", Granularity.PerChannel, new long[] { 1, 24, 3, 3 })]
    [InlineData("convnet_iOS16", "q8lin_tensor", "Linear 8-bit", Granularity.PerTensor, new long[] { 96, 24, 3, 3 })]
    [InlineData("convnet_iOS18", "q4sym_block32", "Linear 4-bit", null, null)]
    [InlineData("convnet_iOS18", "q4lin_block16", "Linear 4-bit", null, null)]
    [InlineData("convnet_iOS18", "q4sym_channel", "Linear 4-bit", Granularity.PerChannel, new long[] { 1, 24, 3, 3 })]
    public void Linear_TellsWhatSharesAScale(string folder, string variant, string name, Granularity? granularity, long[]? block)
    {
        WeightSite[] weights = Compressed(folder, variant);
        Assert.All(weights, weight => Assert.Equal(name, weight.EncodingName));
        WeightSite? conv = weights.FirstOrDefault(weight => weight.Shape.SequenceEqual([96, 24, 3, 3]));
        if (granularity is not null)
        {
            Assert.Equal(granularity, conv!.EncodingDetails!.Granularity);
            Assert.Equal(block, conv.EncodingDetails.BlockShape);
            return;
        }

        Assert.Contains(weights, weight => weight.EncodingDetails!.Granularity == Granularity.PerBlock && weight.EncodingDetails.BlockShape[1] > 1 && weight.EncodingDetails.BlockShape[1] < weight.Shape[1]);
    }

    [Theory]
    [InlineData("convnet_iOS16", "pal2_kmeans", 2, 4, 1, 1)]
    [InlineData("convnet_iOS16", "pal6_uniform", 6, 64, 1, 1)]
    [InlineData("convnet_iOS18", "pal3_kmeans", 3, 8, 1, 1)]
    [InlineData("convnet_iOS18", "pal4_group8_axis0", 4, 16, 12, 1)]
    [InlineData("convnet_iOS18", "pal4_vec2", 4, 16, 1, 2)]
    public void Palettized_TellsItsTables(string folder, string variant, int bits, int entries, long tables, int vector)
    {
        WeightSite[] weights = Compressed(folder, variant);
        Assert.All(weights, weight => Assert.Equal(($"Palettized {bits}-bit", entries, vector), (weight.EncodingName, weight.EncodingDetails!.LookupTableSize, weight.EncodingDetails.VectorSize)));
        WeightSite weight = weights.Single(weight => weight.Shape.SequenceEqual([96, 24, 3, 3]));
        Assert.Equal(tables, weight.EncodingDetails!.LookupTableCount);
        Assert.Equal(tables == 1 ? Granularity.PerTensor : Granularity.PerBlock, weight.EncodingDetails.Granularity);
        Assert.InRange(weight.BitsPerWeight, (double)bits / vector, ((double)bits / vector) + 2);
    }

    [Theory]
    [InlineData("convnet_iOS16", "prune_mag75", "Sparse 75 %", "Sparse")]
    [InlineData("convnet_iOS18", "prune_mag50", "Sparse 50 %", "Sparse")]
    [InlineData("convnet_iOS18", "joint_prune50_q4", "Sparse 50 % + Linear 4-bit", "Joint")]
    [InlineData("convnet_iOS18", "joint_prune50_pal4", "Sparse 50 % + Palettized 4-bit", "Joint")]
    [InlineData("convnet_iOS18", "joint_pal4_q8lut", "Palettized 4-bit + Linear 8-bit", "Joint")]
    [InlineData("convnet_iOS18", "pal4_pcs", "Palettized 4-bit + Linear", "Joint")]
    public void SparseAndJoint_TellEveryStep(string folder, string variant, string name, string encoding)
    {
        // Ties at the threshold prune a little more than was asked for, in small weights above all.
        WeightSite[] weights = Compressed(folder, variant);
        Assert.All(weights, weight => Assert.Equal(encoding, weight.Encoding.ToString()));
        Assert.Equal(name, weights.OrderByDescending(weight => weight.ElementCount).First().EncodingName);
    }

    [Theory]
    [InlineData("nn_cnn", "linear5.mlmodel", "Linear 5-bit", Granularity.PerChannel, 0)]
    [InlineData("nn_cnn", "kmeans_lut7.mlmodel", "Palettized 7-bit", Granularity.PerTensor, 128)]
    public void Network_TellsScalesAndTable(string folder, string variant, string name, Granularity granularity, int entries)
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture(folder, variant));
        WeightSite weight = model.GetWeights().Single(weight => weight.Name == "conv1/weights");
        Assert.Equal((name, granularity, entries), (weight.EncodingName, weight.EncodingDetails!.Granularity, weight.EncodingDetails.LookupTableSize));
    }

    [Fact]
    public void Plain_HasNoDetails()
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("convnet_iOS18", "fp16.mlpackage"));
        Assert.All(model.GetWeights(), weight => Assert.Equal((null, 16.0), (weight.EncodingDetails, weight.BitsPerWeight)));
    }

    private static WeightSite[] Compressed(string folder, string variant)
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture(folder, variant + ".mlpackage"));
        IReadOnlyList<WeightSite> weights = model.GetWeights();
        return weights.Where(weight => weight.Encoding != WeightEncoding.Plain).ToArray();
    }
}
