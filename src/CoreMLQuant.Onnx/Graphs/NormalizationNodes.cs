namespace CoreMLQuant.Onnx.Graphs;

/// <summary>Normalizations that sessions have no operator for, or a narrower one.</summary>
internal static class NormalizationNodes
{
    /// <summary>
    /// Divides by a power of the sum of squares over neighbouring channels (axis 1), as many on either side; alpha is divided by the size all the
    /// same when that is even. ONNX's LRN takes one more neighbour then, and sessions have it for odd sizes and four axes only.
    /// </summary>
    public static OnnxValue LocalResponse(GraphBuilder graph, OnnxValue x, int rank, long size, float alpha, float beta, float bias)
    {
        if (rank < 2 || size < 1)
        {
            throw new NotTranslatableException("it needs channels and a size of at least 1.");
        }

        long reach = (size - 1) / 2;
        OnnxValue flat = graph.ReshapeTo(
            graph.Times(x, x),
            graph.Concat([graph.SizeOf(x, 0), graph.Constants.Int64s([1]), graph.SizeOf(x, 1), graph.Constants.Int64s([-1])], 0));
        OnnxValue mean = graph.Add(
            "AveragePool",
            OnnxTensorType.Float,
            flat.Shape,
            [flat],
            OnnxAttributes.Integers("kernel_shape", [(2 * reach) + 1, 1]),
            OnnxAttributes.Integers("pads", [reach, 0, reach, 0]),
            OnnxAttributes.Flag("count_include_pad", true));
        OnnxValue sum = graph.Plus(graph.Times(graph.ReshapeTo(mean, graph.ShapeOf(x)), graph.Constants.Float(alpha * ((2 * reach) + 1) / size)), graph.Constants.Float(bias));
        return graph.Over(x, graph.Binary("Pow", sum, graph.Constants.Float(beta)));
    }
}
