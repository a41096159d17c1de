using System;
using System.Linq;
using CoreMLQuant.Tensors.Clustering;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Tensors.Clustering;

/// <summary>Every path - vectors, buckets, halving - finds what comparing with one entry after the other finds.</summary>
public class NearestEntryTests
{
    private static readonly Gen<float[]> Tables = Gen.OneOf(
        Gen.Float[-1, 1].Array[1, 256],
        Gen.Float[-1, 1].Array[1, 20],
        Gen.Int[-5, 5].Select(i => i / 2f).Array[1, 30],
        Gen.Select(Gen.Float[-1e-6f, 1e-6f].Array[1, 250], Gen.Float[1, 1e30f].Array[0, 6]).Select((near, far) => near.Concat(far).ToArray()),
        Gen.Int[-300, 300].Select(i => i * float.Epsilon).Array[1, 200],
        Gen.OneOf(Gen.Const(float.MinValue), Gen.Const(float.MaxValue), Gen.Const(0f)).Array[1, 4]).Select(table => table.OrderBy(entry => entry).ToArray());

    [Fact]
    public void Assign_AnyValues_FindsTheNearestOnEveryPath() =>
        Gen.Select(Tables, Gen.OneOf(Gen.Int[0, 100], Gen.Int[500, 1200]), Gen.Int).Sample((table, count, seed) =>
        {
            float[] values = Values(table, count, seed);
            byte[] indices = new byte[count];
            NearestEntry.Assign(values, table, indices);
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(NearestEntry.AssignOne(values[i], table), indices[i]);
            }
        }, iter: 500);

    [Fact]
    public void AssignOne_AnyValue_HasNoNearerEntryAndNoneAsNearBefore() =>
        Gen.Select(Tables, Gen.Int).Sample((table, seed) =>
        {
            foreach (float value in Values(table, 20, seed).Where(value => !float.IsNaN(value) && !float.IsInfinity(value)))
            {
                int index = NearestEntry.AssignOne(value, table);
                double distance = Math.Abs((double)value - table[index]);
                Assert.True(table.All(entry => distance <= Math.Abs((double)value - entry)));
                Assert.True(table.Take(index).All(entry => distance < Math.Abs((double)value - entry) || entry < table[index]));
            }
        });

    [Fact]
    public void Assign_TiesEqualEntriesAndOddValues_FollowTheRules()
    {
        float[] table = [-1, 0, 0, 1, 1];
        float[] values = [-0.5f, 0.5f, -0f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 2, 0.50000006f, -0.49999997f];
        byte[] indices = new byte[values.Length];
        NearestEntry.Assign(values, table, indices);
        Assert.Equal([0, 1, 1, 3, 0, 0, 3, 3, 1], indices);
    }

    [Theory]
    [InlineData(-1, -5.455e-17f, -0.5f, 1)]
    [InlineData(-1, 5.455e-17f, -0.5f, 0)]
    [InlineData(-5.455e-17f, 1, 0.5f, 1)]
    [InlineData(5.455e-17f, 1, 0.5f, 0)]
    [InlineData(float.Epsilon, 1e30f, 0.5e30f, 0)]
    public void Assign_MiddleThatFP64Rounds_TakesTheNearerEntry(float low, float high, float value, byte expected)
    {
        byte[] index = new byte[1];
        NearestEntry.Assign([value], [low, high], index);
        Assert.Equal(expected, index[0]);
        Assert.Equal(expected, NearestEntry.AssignOne(value, [low, high]));
    }

    [Fact]
    public void Assign_EveryNeighbourOfABorder_IsOnItsSide()
    {
        float[] table = [-3e38f, -1, -1e-40f, 0, 1e-40f, 0.1f, 0.3f, 3e38f];
        foreach (int entry in Enumerable.Range(0, table.Length - 1))
        {
            float middle = (float)(((double)table[entry] + table[entry + 1]) / 2);
            float[] values = [Next(middle, -1), middle, Next(middle, 1)];
            byte[] indices = new byte[3];
            NearestEntry.Assign(values, table, indices);
            Assert.Equal(values.Select(value => NearestEntry.AssignOne(value, table)), indices);
            Assert.Equal([entry, entry + 1], new int[] { indices[0], indices[2] });
        }
    }

    private static float[] Values(float[] table, int count, int seed)
    {
        var random = new Random(seed);
        float[] odd = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, float.MaxValue, float.Epsilon];
        return Enumerable.Range(0, count).Select(_ =>
        {
            float a = table[random.Next(table.Length)], b = table[random.Next(table.Length)];
            return random.Next(8) switch
            {
                0 => odd[random.Next(odd.Length)],
                1 => (float)(((double)a + b) / 2),
                2 => a,
                _ => (float)(a + (((double)b - a) * random.NextDouble())),
            };
        }).ToArray();
    }

    private static float Next(float value, int direction)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        return value == 0 ? direction * float.Epsilon : BitConverter.Int32BitsToSingle(bits + (value > 0 ? direction : -direction));
    }
}
