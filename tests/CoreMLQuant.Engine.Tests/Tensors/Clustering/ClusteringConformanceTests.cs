using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading;
using CoreMLQuant.Tensors.Clustering;
using Xunit;

namespace CoreMLQuant.Tests.Tensors.Clustering;

/// <summary>Against what coremltools wrote: never a worse k-means, the same uniform tables to the bit.</summary>
public class ClusteringConformanceTests
{
    public static IEnumerable<object[]> KMeansVariants() =>
        from found in Vectors.Variants(variant => variant.StartsWith("pal", StringComparison.Ordinal) && !variant.Contains("uniform") && !variant.Contains("vec") && !variant.Contains("pcs"))
        where Directory.Exists(TestFiles.Fixture(found.Folder, "fp32.mlpackage")) && !found.Folder.StartsWith("pipeline", StringComparison.Ordinal)
        where Vectors.Of(found.Folder).GetProperty(found.Variant).GetRawText().Contains("constexpr_lut_to_dense")
        select new object[] { found.Folder, found.Variant };

    [Theory]
    [MemberData(nameof(KMeansVariants))]
    public void KMeans_OfEveryGroup_CostsNoMoreThanTheNearestEntriesOfCoremltoolsTable(string folder, string variant)
    {
        IReadOnlyList<PalettizedWeight> weights = PalettizedFixture.Read(folder, variant);
        Assert.NotEmpty(weights);
        foreach (PalettizedWeight weight in weights)
        {
            for (int group = 0; group < weight.Tables.Length; group++)
            {
                float[] values = weight.Group(group), theirs = weight.Tables[group].OrderBy(entry => entry).ToArray();
                float[] ours = ScalarKMeans.Solve(values, theirs.Length, CancellationToken.None).Select(centroid => (float)centroid).ToArray();

                // Rounding both tables to FP32 moves the costs by some 1e-14 of them.
                Assert.InRange(Cost(values, ours), 0, Cost(values, theirs) * (1 + 1e-12));
            }
        }
    }

    [Theory]
    [InlineData("convnet_iOS16", "pal4_uniform.mlpackage")]
    [InlineData("convnet_iOS16", "pal6_uniform.mlpackage")]
    [InlineData("convnet_iOS18", "pal4_uniform.mlpackage")]
    [InlineData("convnet_iOS18", "pal6_uniform.mlpackage")]
    [InlineData("convnet_iOS18", "pal4_uniform_group8.mlpackage")]
    [InlineData("flex_range", "pal6_uniform.mlpackage")]
    public void Uniform_OfEveryGroup_EqualsCoremltoolsToTheBit(string folder, string variant)
    {
        JsonElement digests = Vectors.Of(folder).GetProperty(variant).GetProperty("functions").GetProperty("main").GetProperty("weights");
        IReadOnlyList<PalettizedWeight> weights = PalettizedFixture.Read(folder, variant);
        Assert.NotEmpty(weights);
        foreach (PalettizedWeight weight in weights)
        {
            float[] decoded = new float[weight.Values.Length];
            for (int group = 0; group < weight.Tables.Length; group++)
            {
                float[] values = weight.Group(group), table = new float[weight.Tables[group].Length];
                byte[] indices = new byte[values.Length];
                UniformTable.Fill(values.Min(), values.Max(), table);
                Assert.Equal(weight.Tables[group], table);
                UniformTable.Assign(values, values.Min(), values.Max(), table, indices);
                int next = 0;
                for (int i = 0; i < decoded.Length; i++)
                {
                    decoded[i] = weight.GroupOf[i] == group ? table[indices[next++]] : decoded[i];
                }
            }

            byte[] digest = SHA256.HashData(MemoryMarshal.AsBytes(decoded.AsSpan()));
            Assert.Equal(digests.GetProperty(weight.Name).GetProperty("sha256").GetString(), Convert.ToHexString(digest).ToLowerInvariant());
        }
    }

    [Fact]
    public void VectorKMeans_PairsOfOutputChannels_CostNoMoreThanTheNearestEntriesOfCoremltoolsTable()
    {
        IReadOnlyList<PalettizedWeight> weights = PalettizedFixture.Read("convnet_iOS18", "pal4_vec2.mlpackage");
        Assert.NotEmpty(weights);
        foreach (PalettizedWeight weight in weights)
        {
            // A vector is two values that lie one above the other along axis 0.
            int inner = weight.Values.Length / (int)weight.Shape[0];
            float[] vectors = new float[weight.Values.Length];
            for (int i = 0; i < vectors.Length; i++)
            {
                vectors[i] = weight.Values[(((i / 2 / inner * 2) + (i % 2)) * inner) + (i / 2 % inner)];
            }

            var points = new WeightedVectors(vectors, 2);
            double theirs = VectorKMeans.Assign(points, weight.Tables[0], new byte[vectors.Length / 2]);
            Assert.InRange(VectorKMeans.Solve(points, 16, seed: 1, CancellationToken.None).Cost, 0, theirs);
        }
    }

    private static double Cost(float[] values, float[] table)
    {
        byte[] indices = new byte[values.Length];
        NearestEntry.Assign(values, table, indices);
        return values.Select((value, i) => ((double)value - table[indices[i]]) * ((double)value - table[indices[i]])).Sum();
    }
}
