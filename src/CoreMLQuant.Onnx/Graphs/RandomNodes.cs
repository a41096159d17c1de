using System;
using System.Linq;
using CoreMLQuant.Onnx.Schema;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>
/// Nodes that draw random numbers. The generator is the session's own, so numbers never equal Core ML's; with a seed, which they get when the
/// model gives none, they are the same in every session.
/// </summary>
internal static class RandomNodes
{
    /// <summary>What is to be known of every operation and layer that draws.</summary>
    public const string Trap = "Drawn by another generator: distributions match, numbers do not.";

    /// <summary>Draws from a normal distribution.</summary>
    public static OnnxValue Normal(this GraphBuilder graph, OnnxValue shape, float mean, float deviation, long seed) =>
        graph.Scaled(graph.Draw("RandomNormalLike", shape, seed), deviation, mean);

    /// <summary>Draws uniformly from an interval.</summary>
    public static OnnxValue Uniform(this GraphBuilder graph, OnnxValue shape, float low, float high, long seed) =>
        graph.Scaled(graph.Draw("RandomUniformLike", shape, seed), high - low, low);

    /// <summary>Draws truths that are true with a probability.</summary>
    public static OnnxValue Bernoulli(this GraphBuilder graph, OnnxValue shape, float probability, long seed) =>
        graph.Truth("Less", graph.Draw("RandomUniformLike", shape, seed), graph.Constants.Float(probability));

    /// <summary>Draws categories: indices into the last axis, as INT32, as many for each of the other places as asked for.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="logits">Logarithms of the probabilities, of a rank that is known.</param>
    /// <param name="rank">Their rank.</param>
    /// <param name="samples">How many are drawn.</param>
    /// <param name="seed">The seed; negative when there is none.</param>
    public static OnnxValue Categories(this GraphBuilder graph, OnnxValue logits, int rank, long samples, long seed)
    {
        OnnxValue flat = graph.ReshapeTo(logits, graph.Concat([graph.Constants.Int64s([-1]), graph.SizeOf(logits, rank - 1)], 0));
        OnnxValue drawn = graph.Add(
            "Multinomial",
            OnnxTensorType.Int32,
            [-1, samples],
            [flat],
            OnnxAttributes.Integer("sample_size", samples),
            OnnxAttributes.Integer("dtype", (long)OnnxTensorType.Int32),
            Seed(seed));
        OnnxValue[] sizes = Enumerable.Range(0, rank - 1).Select(axis => graph.SizeOf(logits, axis)).ToArray();
        return graph.ReshapeTo(drawn, graph.Concat([.. sizes, graph.Constants.Int64s([samples])], 0));
    }

    private static OnnxValue Draw(this GraphBuilder graph, string operatorType, OnnxValue shape, long seed)
    {
        OnnxValue model = graph.Expand(graph.Constants.Float(0), shape);
        return graph.Add(operatorType, OnnxTensorType.Float, model.Shape, [model], Seed(seed));
    }

    // Scaled afterwards: a session ends the process for a deviation of 0.
    private static OnnxValue Scaled(this GraphBuilder graph, OnnxValue x, float factor, float offset) =>
        graph.Plus(graph.Times(x, graph.Constants.Float(factor)), graph.Constants.Float(offset));

    private static AttributeProto Seed(long seed) => OnnxAttributes.Number("seed", Math.Max(seed, 0));
}
