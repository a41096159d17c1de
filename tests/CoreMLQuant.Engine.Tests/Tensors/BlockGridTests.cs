using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Tensors;
using CsCheck;
using Xunit;

namespace CoreMLQuant.Tests.Tensors;

/// <summary>Blocks of any grid against index arithmetic one axis at a time.</summary>
public class BlockGridTests
{
    private static readonly Gen<(long[] Shape, long[] Counts)> Grids = Gen.Select(Gen.Long[1, 4], Gen.Long[1, 4]).Array[1, 5]
        .Select(axes => (axes.Select(axis => axis.Item1 * axis.Item2).ToArray(), axes.Select(axis => axis.Item2).ToArray()));

    [Fact]
    public void BlockOf_IsTheBlockOfTheElementsIndices() => Grids.Sample(grid =>
    {
        var blocks = new BlockGrid(grid.Shape, grid.Counts);
        for (long element = 0; element < blocks.ElementCount; element++)
        {
            Assert.Equal(Reference(grid.Shape, grid.Counts, element), blocks.BlockOf(element));
        }
    });

    [Fact]
    public void Runs_CoverARangeInOrderWithTheirBlocks() => Gen.Select(Grids, Gen.Double[0, 1], Gen.Double[0, 1]).Sample((grid, from, part) =>
    {
        var blocks = new BlockGrid(grid.Shape, grid.Counts);
        long start = (long)(from * (blocks.ElementCount - 1));
        int length = (int)(part * (blocks.ElementCount - start));
        var seen = new List<long>();
        foreach ((int offset, int count, long block) in blocks.Runs(start, length))
        {
            Assert.Equal(seen.Count, offset);
            Assert.True(count > 0);
            seen.AddRange(Enumerable.Repeat(block, count));
        }

        Assert.Equal(Enumerable.Range(0, length).Select(i => blocks.BlockOf(start + i)), seen);
    });

    [Fact]
    public void RunsOfBlock_AreItsElementsInOrder() => Grids.Sample(grid =>
    {
        var blocks = new BlockGrid(grid.Shape, grid.Counts);
        for (long block = 0; block < blocks.BlockCount; block++)
        {
            IEnumerable<long> elements = blocks.RunsOfBlock(block).SelectMany(run => Enumerable.Range(0, (int)run.Length).Select(i => run.Start + i));
            Assert.Equal(Enumerable.Range(0, (int)blocks.ElementCount).Select(i => (long)i).Where(i => blocks.BlockOf(i) == block), elements);
        }
    });

    [Theory]
    [InlineData(new long[] { 8, 4, 3, 3 }, new long[] { 8, 1, 1, 1 }, 36)]
    [InlineData(new long[] { 8, 64 }, new long[] { 8, 2 }, 32)]
    [InlineData(new long[] { 8, 64, 3, 3 }, new long[] { 8, 2, 1, 1 }, 288)]
    public void Grid_OfConsecutiveBlocks_IsOneAxis(long[] shape, long[] counts, long run)
    {
        var grid = new BlockGrid(shape, counts);
        Assert.True(grid.IsSequential);
        Assert.Equal(run, grid.RunLength);
    }

    private static long Reference(long[] shape, long[] counts, long element)
    {
        long block = 0, stride = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            block += element % shape[axis] / (shape[axis] / counts[axis]) * stride;
            element /= shape[axis];
            stride *= counts[axis];
        }

        return block;
    }
}
