using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Mil;

/// <summary>How many blocks or groups a weight is cut into along each axis, or why it cannot be.</summary>
/// <param name="Counts">Blocks along each axis; <see langword="null"/> when the weight is left.</param>
/// <param name="Remark">Why it is left, or what was taken instead; empty when it is as asked for.</param>
internal readonly record struct BlockShape(IReadOnlyList<long>? Counts, string Remark)
{
    /// <summary>Blocks of a linear quantization.</summary>
    public static BlockShape Of(LinearQuantizationRecipe recipe, IReadOnlyList<long> shape, ChannelAxes axes) => recipe.Granularity switch
    {
        Granularity.PerTensor => new BlockShape(Ones(shape), string.Empty),
        Granularity.PerChannel => new BlockShape(PerChannel(shape, axes.Output), string.Empty),
        _ when recipe.BlockSize.Count > 1 && recipe.BlockSize.Count != shape.Count =>
            new BlockShape(null, $"has {shape.Count} axes, but the block size has {recipe.BlockSize.Count}"),
        _ => Blocks(shape, Sizes(recipe.BlockSize, shape, axes), axes.Output, recipe.Fallback),
    };

    /// <summary>Whether a block takes in some channels along one axis and some along another, not a channel as a whole.</summary>
    public bool IsPerBlock => Counts?.Count(count => count > 1) > 1;

    /// <summary>Groups of channels with a lookup table each.</summary>
    public static BlockShape Of(PalettizationRecipe recipe, IReadOnlyList<long> shape, ChannelAxes axes)
    {
        if (recipe.AxisIn(shape.Count, axes.Output) is not { } axis)
        {
            return new BlockShape(null, string.Format(CultureInfo.InvariantCulture, "has {0} axes, and no axis {1}", shape.Count, recipe.ChannelAxis));
        }

        if (recipe.PerChannelScale)
        {
            return new BlockShape(PerChannel(shape, axis), string.Empty);
        }

        if (recipe.GroupSize == 0)
        {
            return new BlockShape(Ones(shape), string.Empty);
        }

        long[] sizes = new long[shape.Count];
        sizes[axis] = recipe.GroupSize;
        return Blocks(shape, sizes, axis, recipe.Fallback);
    }

    private static BlockShape Blocks(IReadOnlyList<long> shape, IReadOnlyList<long> sizes, int outputAxis, BlockFallback fallback)
    {
        int[] odd = Enumerable.Range(0, shape.Count).Where(axis => sizes[axis] > 0 && shape[axis] % sizes[axis] != 0).ToArray();
        if (odd.Length == 0)
        {
            return new BlockShape(CountsOf(shape, sizes), string.Empty);
        }

        string problem = string.Format(CultureInfo.InvariantCulture, "{0} does not divide the size {1} of axis {2}", sizes[odd[0]], shape[odd[0]], odd[0]);
        switch (fallback)
        {
            case BlockFallback.PerChannel:
                return new BlockShape(PerChannel(shape, outputAxis), $"{problem}; per channel instead");
            case BlockFallback.LargestDivisor:
                long[] divisors = sizes.Select((size, axis) => size > 0 ? LargestDivisor(shape[axis], size) : 0).ToArray();
                return new BlockShape(CountsOf(shape, divisors), $"{problem}; {string.Join(", ", odd.Select(axis => divisors[axis].ToString(CultureInfo.InvariantCulture)))} instead");
            default:
                return new BlockShape(null, problem);
        }
    }

    private static long[] Sizes(IReadOnlyList<int> blockSize, IReadOnlyList<long> shape, ChannelAxes axes)
    {
        if (blockSize.Count > 1)
        {
            return blockSize.Select(size => (long)size).ToArray();
        }

        long[] sizes = new long[shape.Count];
        sizes[axes.Input] = blockSize[0];
        sizes[axes.Output] = 1;
        return sizes;
    }

    private static long[] CountsOf(IReadOnlyList<long> shape, IReadOnlyList<long> sizes) =>
        shape.Select((dimension, axis) => sizes[axis] > 0 ? dimension / sizes[axis] : 1).ToArray();

    private static long[] Ones(IReadOnlyList<long> shape) => shape.Select(_ => 1L).ToArray();

    private static long[] PerChannel(IReadOnlyList<long> shape, int axis) => shape.Select((dimension, i) => i == axis ? dimension : 1L).ToArray();

    private static long LargestDivisor(long dimension, long size)
    {
        long divisor = Math.Min(size, dimension);
        while (dimension % divisor != 0)
        {
            divisor--;
        }

        return divisor;
    }
}
