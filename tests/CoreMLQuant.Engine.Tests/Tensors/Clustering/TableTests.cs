using System;
using System.Linq;
using CoreMLQuant.Tensors.Clustering;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Tensors.Clustering;

/// <summary>Uniform and unique tables.</summary>
public class TableTests
{
    [Fact]
    public void Uniform_AnyFiniteRange_RunsFromLeastToGreatestAndIsWithinHalfAStep() =>
        Gen.Select(Gen.Single.Where(value => !float.IsNaN(value) && !float.IsInfinity(value)).Array[1, 100], Gen.Int[1, 8]).Sample((values, bits) =>
        {
            float min = values.Min(), max = values.Max();
            float[] table = new float[1 << bits];
            UniformTable.Fill(min, max, table);
            byte[] indices = new byte[values.Length];
            UniformTable.Assign(values, min, max, table, indices);
            double step = ((double)max - min) / (table.Length - 1), rounding = Math.Max(Math.Abs((double)min), Math.Abs((double)max)) * 1e-6;
            Assert.Equal(min, table[0]);
            Assert.InRange(table[table.Length - 1], max - rounding, max + rounding);
            for (int i = 0; i < values.Length; i++)
            {
                Assert.InRange(Math.Abs((double)values[i] - table[indices[i]]), 0, (step / 2) + rounding);
            }
        });

    [Fact]
    public void Uniform_VectorsAndOneByOne_GiveTheSameIndices() =>
        Gen.Select(Gen.Float[-1, 3].Array[33, 200], Gen.Int[1, 8]).Sample((values, bits) =>
        {
            float min = values.Min(), max = values.Max();
            float[] table = new float[1 << bits];
            UniformTable.Fill(min, max, table);
            byte[] indices = new byte[values.Length], one = new byte[1];
            UniformTable.Assign(values, min, max, table, indices);
            for (int i = 0; i < values.Length; i++)
            {
                UniformTable.Assign(values.AsSpan(i, 1), min, max, table, one);
                Assert.Equal(one[0], indices[i]);
            }
        });

    [Theory]
    [InlineData(0.25f, 0.25f)] // coremltools divides by zero.
    [InlineData(-3e38f, 3e38f)] // FP32 has no such range.
    public void Uniform_RangesThatFloat32CannotDivide_TakeTheNearestEntry(float min, float max)
    {
        float[] table = new float[256];
        UniformTable.Fill(min, max, table);
        Assert.True(UniformTable.IsGuarded(min, max));
        Assert.Equal([min, max], [table[0], table[255]]);
        byte[] indices = new byte[2];
        UniformTable.Assign([min, max], min, max, table, indices);
        Assert.Equal([min, max], indices.Select(index => table[index]));
    }

    [Fact]
    public void Unique_AnyTiles_GivesSortedDistinctValuesOrNothing() =>
        Gen.Select(Gen.Int[-12, 12].Select(i => i == 0 ? -0f : i / 3f).Array[0, 40].Array[1, 4], Gen.Int[1, 30]).Sample((tiles, most) =>
        {
            var table = new UniqueTable(most);
            bool fits = true;
            foreach (float[] tile in tiles)
            {
                fits = table.Add(tile);
            }

            float[] distinct = tiles.SelectMany(tile => tile).Select(value => value + 0f).Distinct().OrderBy(value => value).ToArray();
            Assert.Equal(distinct.Length <= most, fits);
            Assert.Equal(fits ? distinct : null, table.ToSorted());
        });

    [Fact]
    public void Unique_256ValuesThatCollide_AllFit()
    {
        float[] values = Enumerable.Range(0, 256).Select(i => i * 0.0009765625f).Reverse().ToArray();
        var table = new UniqueTable(256);
        Assert.True(table.Add(values));
        Assert.Equal(values.Reverse(), table.ToSorted());
        Assert.False(table.Add([-1]));
        Assert.True(table.IsTooLarge);
    }
}
