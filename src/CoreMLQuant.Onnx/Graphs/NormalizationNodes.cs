namespace CoreMLQuant.Onnx.Graphs;

/// <summary>Normalizations that sessions have no operator for, or a narrower one.</summary>
internal static class NormalizationNodes
{
    /// <summary>
    /// Divides by a power of the sum of squares over neighbouring channels; of an even number one more lies in front. Channels are the third axis from
    /// the end, or axis 1 of more than four. ONNX's LRN has the extra neighbour behind, and sessions have it for odd sizes and four axes only.
    /// </summary>
    public static OnnxValue LocalResponse(GraphBuilder graph, OnnxValue x, int rank, long size, float alpha, float beta, float bias)
    {
        if (rank < 3 || size < 1)
        {
            throw new NotTranslatableException("it needs at least three axes and a size of at least 1.");
        }

        OnnxValue images = rank == 3 ? graph.Unsqueeze(x, 0) : x;
        OnnxValue flat = graph.ReshapeTo(
            graph.Times(images, images),
            graph.Concat([graph.SizeOf(images, 0), graph.Constants.Int64s([1]), graph.SizeOf(images, 1), graph.Constants.Int64s([-1])], 0));
        OnnxValue mean = graph.Add(
            "AveragePool",
            OnnxTensorType.Float,
            flat.Shape,
            [flat],
            OnnxAttributes.Integers("kernel_shape", [size, 1]),
            OnnxAttributes.Integers("pads", [size / 2, 0, (size - 1) / 2, 0]),
            OnnxAttributes.Flag("count_include_pad", true));
        OnnxValue sum = graph.Plus(graph.Times(graph.ReshapeTo(mean, graph.ShapeOf(x)), graph.Constants.Float(alpha)), graph.Constants.Float(bias));
        return graph.Over(x, graph.Binary("Pow", sum, graph.Constants.Float(beta)));
    }
}
