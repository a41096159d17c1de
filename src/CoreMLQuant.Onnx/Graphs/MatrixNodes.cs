using System;
using System.Linq;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>Matrix products in the forms that sessions run well.</summary>
internal static class MatrixNodes
{
    /// <summary>Swaps the last two axes; a vector stays as it is.</summary>
    public static OnnxValue Transposed(GraphBuilder graph, OnnxValue x)
    {
        int rank = x.Rank ?? throw new NotTranslatableException("the rank of a matrix is not known.");
        if (rank < 2)
        {
            return x;
        }

        int[] axes = Enumerable.Range(0, rank).ToArray();
        (axes[rank - 2], axes[rank - 1]) = (rank - 1, rank - 2);
        return graph.Transpose(x, axes);
    }

    /// <summary>
    /// x times the transpose of a matrix, with an optional bias. Gemm takes the matrix as it is stored, so that a weight in a file is used where it lies
    /// and never transposed in memory.
    /// </summary>
    public static OnnxValue TimesTransposed(GraphBuilder graph, OnnxValue x, OnnxValue matrix, OnnxValue? bias)
    {
        if (matrix.Shape is not [var rows, var columns])
        {
            throw new NotTranslatableException("its weight is no matrix.");
        }

        if (x.Rank == 2)
        {
            return Gemm(x, [x.Dimension(0), rows]);
        }

        OnnxValue flat = graph.Reshape(x, -1, columns);
        OnnxValue product = Gemm(flat, [flat.Dimension(0), rows]);
        if (x.Rank is not { } rank)
        {
            throw new NotTranslatableException("the rank of its input is not known.");
        }

        OnnxValue[] sizes = Enumerable.Range(0, rank - 1).Select(axis => graph.SizeOf(x, axis)).ToArray();
        return graph.ReshapeTo(product, graph.Concat([.. sizes, graph.Constants.Int64s([rows])], 0));

        OnnxValue Gemm(OnnxValue left, long[] shape) => graph.Add("Gemm", OnnxTensorType.Float, shape, [left, matrix, bias], OnnxAttributes.Flag("transB", true));
    }

    /// <summary>Attention with queries scaled by the root of their width.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="query">Queries.</param>
    /// <param name="key">Keys.</param>
    /// <param name="value">Values.</param>
    /// <param name="mask">What is added to the scores, or which of them take part; <see langword="null"/> for none.</param>
    /// <param name="width">Size of the queries' last axis; -1 when unknown.</param>
    public static OnnxValue Attention(GraphBuilder graph, OnnxValue query, OnnxValue key, OnnxValue value, OnnxValue? mask, long width)
    {
        OnnxValue scale = width > 0
            ? graph.Constants.Float((float)(1 / Math.Sqrt(width)))
            : graph.Unary("Reciprocal", graph.Unary("Sqrt", graph.Cast(graph.SizeOf(query, query.Rank!.Value - 1), OnnxTensorType.Float)));
        OnnxValue scores = graph.MatMul(graph.Times(query, scale), Transposed(graph, key));
        if (mask is { Type: OnnxTensorType.Bool })
        {
            mask = graph.Where(mask, graph.Constants.Float(0), graph.Constants.Float(float.NegativeInfinity));
        }

        scores = mask is null ? scores : graph.Plus(scores, mask);
        return graph.MatMul(graph.Add("Softmax", OnnxTensorType.Float, scores.Shape, [scores], OnnxAttributes.Integer("axis", -1)), value);
    }
}
