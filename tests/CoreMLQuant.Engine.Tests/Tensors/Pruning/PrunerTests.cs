using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Tensors.Decoding;
using CoreMLQuant.Tensors.Pruning;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Tensors.Pruning;

/// <summary>Pruners against sorting, on values full of ties.</summary>
public class PrunerTests
{
    private static readonly Gen<float> Values = Gen.OneOf(Gen.Int[-3, 3].Select(value => (float)value), Gen.Float[-1, 1], Gen.Float[-1e38f, 1e38f]);

    [Fact]
    public void Magnitude_PrunesTheExactCountSmallestAndEarliestFirst() => Gen.Select(Values.Array[1, 200], Gen.Double[0, 1]).Sample((values, share) =>
    {
        long count = (long)(share * values.Length);
        float[] pruned = Prune(new MagnitudePruner(count), values);
        HashSet<int> smallest = Enumerable.Range(0, values.Length).OrderBy(i => Math.Abs(values[i])).ThenBy(i => i).Take((int)count).ToHashSet();
        Assert.Equal(values.Select((value, i) => smallest.Contains(i) ? 0 : value), pruned);
    });

    [Fact]
    public void Ratio_KeepsTheLargestOfEachGroup() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 9], Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[1, 4]).SelectMany(sizes => Values.Array[sizes.Item1 * sizes.Item2 * sizes.Item3].Select(values => (sizes, values))).Sample(sample =>
        {
            ((int outer, int length, int inner, int a, int b), float[] values) = sample;
            (int nonZero, int of) = (Math.Min(a, b), Math.Max(a, b));
            float[] pruned = Prune(new RatioPruner([outer, length, inner], 1, nonZero, of), values);
            for (int slab = 0; slab < outer; slab++)
            {
                for (int column = 0; column < inner; column++)
                {
                    for (int row = 0; row < length; row += of)
                    {
                        int[] group = Enumerable.Range(row, Math.Min(of, length - row)).Select(i => (((slab * length) + i) * inner) + column).ToArray();
                        HashSet<int> gone = group.OrderBy(i => Math.Abs(values[i])).ThenBy(i => i).Take(Math.Max(0, group.Length - nonZero)).ToHashSet();
                        Assert.All(group, i => Assert.Equal(gone.Contains(i) ? 0 : values[i], pruned[i]));
                    }
                }
            }
        });

    [Fact]
    public void Block_PrunesWholeBlocksOfTheSmallestNormUntilTheShareIsReached() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 9], Gen.Int[1, 4], Gen.Int[2, 4], Gen.Double[0, 1]).SelectMany(sizes => Gen.Int[-3, 3].Array[sizes.Item1 * sizes.Item2 * sizes.Item3].Select(values => (sizes, values))).Sample(sample =>
        {
            ((int outer, int length, int inner, int size, double share), int[] whole) = sample;
            float[] values = whole.Select(value => (float)value).ToArray();
            float[] pruned = Prune(new BlockPruner([outer, length, inner], 1, size, share), values);
            List<int[]> blocks = (
                from slab in Enumerable.Range(0, outer)
                from row in Enumerable.Range(0, (length + size - 1) / size)
                from column in Enumerable.Range(0, inner)
                select Enumerable.Range(row * size, Math.Min(size, length - (row * size))).Select(i => (((slab * length) + i) * inner) + column).ToArray()).ToList();
            long wanted = Share.Of(share, values.Length);
            var gone = new HashSet<int>();
            foreach (int[] block in blocks.OrderBy(block => block.Sum(i => values[i] * values[i])).TakeWhile(_ => gone.Count < wanted))
            {
                gone.UnionWith(block);
            }

            Assert.Equal(values.Select((value, i) => gone.Contains(i) ? 0 : value), pruned);
        });

    [Fact]
    public void CountZeros_IsWhatApplyingGives() => Gen.Select(Values.Array[24], Gen.Int[0, 4]).Sample((values, kind) =>
    {
        Pruner Create() => kind switch
        {
            0 => new MagnitudePruner(12),
            1 => new ThresholdPruner(0.5f),
            2 => new RatioPruner([2, 4, 3], 1, 1, 2),
            3 => new BlockPruner([4, 6], 0, 2, 0.5),
            _ => new ThresholdPruner(0),
        };
        long counted = Create().CountZeros(new ArrayValues(values), values.Count(value => value == 0), default);
        Assert.Equal(Prune(Create(), values).Count(value => value == 0), counted);
    });

    [Theory]
    [InlineData(0.29, 100, 29)]
    [InlineData(0.1, 30, 3)]
    [InlineData(0.5, 9, 4)]
    [InlineData(1, 7, 7)]
    [InlineData(0, 7, 0)]
    public void Share_IsMeantInDecimal(double share, long count, long expected) => Assert.Equal(expected, Share.Of(share, count));

    // Two ranges, the second one from a multiple of 8 on, as jobs do.
    private static float[] Prune(Pruner pruner, float[] values)
    {
        pruner.Prepare(new ArrayValues(values), default);
        float[] pruned = values.ToArray();
        int cut = values.Length / 16 * 8;
        pruner.Apply(cut, pruned.AsSpan(cut));
        pruner.Apply(0, pruned.AsSpan(0, cut));
        return pruned;
    }
}
