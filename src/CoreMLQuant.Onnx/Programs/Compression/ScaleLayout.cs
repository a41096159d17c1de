using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Onnx.Schema;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Onnx.Programs.Compression;

/// <summary>How the scales of a weight lie over it in the terms of <c>DequantizeLinear</c>, which knows blocks along one axis.</summary>
/// <param name="Shape">Dimensions of the stored numbers: those of the weight, or of the same elements on fewer axes.</param>
/// <param name="ScaleShape">Dimensions of the scales and zero points.</param>
/// <param name="Attributes">Attributes of the node.</param>
/// <param name="Blocked">The axis of <paramref name="Shape"/> that is cut into blocks; <see langword="null"/> for none.</param>
internal sealed record ScaleLayout(IReadOnlyList<long> Shape, IReadOnlyList<long> ScaleShape, AttributeProto[] Attributes, int? Blocked)
{
    // Scales take four bytes: more of them than this, and the weight is hardly smaller than a decoded one.
    private const int FewestElementsPerScale = 8;

    /// <summary>Finds it; <see langword="null"/> when it would take too many scales.</summary>
    public static ScaleLayout? Of(BlockGrid grid)
    {
        int[] cut = Enumerable.Range(0, grid.Shape.Count).Where(axis => grid.BlockCounts[axis] > 1).ToArray();
        if (cut.Length == 0)
        {
            return new ScaleLayout(grid.Shape, [], [], null);
        }

        if (cut is [var channel] && grid.BlockCounts[channel] == grid.Shape[channel])
        {
            return new ScaleLayout(grid.Shape, [grid.Shape[channel]], [OnnxAttributes.Integer("axis", channel)], null);
        }

        int[] blocked = Enumerable.Range(0, grid.Shape.Count).Where(axis => grid.BlockCounts[axis] != grid.Shape[axis]).ToArray();
        return blocked is [var along] ? Cut(grid.Shape, grid.BlockCounts, along) : OnMergedAxes(grid);
    }

    /// <summary>A number of each block of the grid as one for each scale: where blocks are cut along several axes, they repeat.</summary>
    public float[] Spread(float[] blocks, BlockGrid grid)
    {
        if (Blocked is not { } along)
        {
            return blocks;
        }

        long inner = ScaleShape.Skip(along + 1).Aggregate(1L, (product, size) => product * size), count = ScaleShape[along];
        var spread = new float[ScaleShape.Aggregate(1L, (product, size) => product * size)];
        for (long i = 0; i < spread.Length; i++)
        {
            long first = i / inner % count * (Shape[along] / count);
            spread[i] = blocks[grid.BlockOf((((i / (inner * count) * Shape[along]) + first) * inner) + (i % inner))];
        }

        return spread;
    }

    // A block of channels of a convolution covers their whole kernels: on merged axes it is most often a block along a single one.
    private static ScaleLayout? OnMergedAxes(BlockGrid grid)
    {
        long[] shape = grid.MergedAxes.Select(axis => axis.Dimension).ToArray(), counts = grid.MergedAxes.Select(axis => axis.BlockCount).ToArray();
        int along = Enumerable.Range(0, shape.Length).OrderByDescending(axis => shape[axis] / counts[axis]).First();
        return shape[along] / counts[along] >= FewestElementsPerScale ? Cut(shape, counts, along) : null;
    }

    private static ScaleLayout Cut(IReadOnlyList<long> shape, IReadOnlyList<long> counts, int along) => new(
        shape,
        shape.Select((size, axis) => axis == along ? counts[axis] : size).ToArray(),
        [OnnxAttributes.Integer("axis", along), OnnxAttributes.Integer("block_size", shape[along] / counts[along])],
        along);
}
