using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>Nodes that take or put elements by index. Sessions refuse what is out of range; Core ML leaves it undefined, so it is moved into the range.</summary>
internal static class IndexNodes
{
    /// <summary>Indices into an axis, negative ones counted from its end, all within it.</summary>
    public static OnnxValue Within(this GraphBuilder graph, OnnxValue indices, OnnxValue x, int axis)
    {
        long size = x.Dimension(axis);
        if (size >= 0 && indices.Known is { } known && known.All(index => index >= -size && index < size))
        {
            return indices;
        }

        OnnxValue count = graph.Reshape(graph.Cast(graph.SizeOf(x, axis), indices.Type));
        OnnxValue last = graph.Minus(count, graph.Like(indices, 1)), first = graph.Minus(graph.Like(indices, 0), count);
        return graph.Clipped(indices, first, last);
    }

    /// <summary>Takes elements along an axis, the first axes being pairs of both tensors.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="indices">The indices.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="batchAxes">Number of axes that both share.</param>
    public static OnnxValue GatherBatched(this GraphBuilder graph, OnnxValue x, OnnxValue indices, int axis, int batchAxes)
    {
        if (batchAxes == 0)
        {
            return graph.Gather(x, indices, axis);
        }

        if (x.Rank is not { } rank || indices.Rank is not { } indexRank || batchAxes < 0 || batchAxes > axis || indexRank < batchAxes)
        {
            throw new NotTranslatableException("its batch_dims do not fit its tensors.");
        }

        // The axis goes behind the batch; what lay between comes after the indices and is brought back in front of them.
        int between = axis - batchAxes, wanted = indexRank - batchAxes;
        OnnxValue moved = graph.MoveAxis(x, rank, axis, batchAxes);
        OnnxValue taken = graph.Add(
            "GatherND",
            x.Type,
            ShapeNodes.Unknown(rank - 1 + wanted),
            [moved, graph.Unsqueeze(graph.Cast(indices, OnnxTensorType.Int64), indexRank)],
            OnnxAttributes.Integer("batch_dims", batchAxes));
        IEnumerable<int> batch = Enumerable.Range(0, batchAxes);
        IEnumerable<int> skipped = Enumerable.Range(batchAxes + wanted, between);
        IEnumerable<int> found = Enumerable.Range(batchAxes, wanted);
        IEnumerable<int> rest = Enumerable.Range(batchAxes + wanted + between, rank - 1 - axis);
        return graph.Transpose(taken, [.. batch, .. skipped, .. found, .. rest]);
    }

    /// <summary>The numbers from 0 up to a count, as 64-bit integers.</summary>
    public static OnnxValue Range(this GraphBuilder graph, OnnxValue count)
    {
        const int MaximumKnown = 1 << 16;
        return count.Known is [>= 0 and <= MaximumKnown and var known]
            ? graph.Constants.Int64s(Enumerable.Range(0, (int)known).Select(i => (long)i).ToArray())
            : graph.Add(
                "Range",
                OnnxTensorType.Int64,
                [-1],
                [graph.Constants.Int64s([0], isScalar: true), graph.Reshape(count), graph.Constants.Int64s([1], isScalar: true)]);
    }
}
