using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Normalizations.</summary>
internal static class NormalizationForms
{
    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Of("batch_norm", Batch),
        OperationForm.Of("instance_norm", Instance),
        OperationForm.Of("layer_norm", Layer),
        OperationForm.Of("l2_norm", L2) with { Trap = "Over the last three axes, with epsilon under the root." },
        OperationForm.Of("local_response_norm", LocalResponse),
    ];

    private static OnnxValue Batch(OperationContext context)
    {
        OnnxValue x = context.Input("x"), mean = context.Input("mean");
        return context.Graph.Add(
            "BatchNormalization",
            x.Type,
            x.Shape,
            [x, context.Optional("gamma") ?? Filled(context, mean, 1), context.Optional("beta") ?? Filled(context, mean, 0), mean, context.Input("variance")],
            OnnxAttributes.Number("epsilon", context.Number("epsilon", 1e-5f)));
    }

    private static OnnxValue Instance(OperationContext context)
    {
        OnnxValue x = context.Input("x");
        var channels = new OnnxValue(OnnxTensorType.Float, [x.Dimension(1)]);
        return context.Graph.Add(
            "InstanceNormalization",
            x.Type,
            x.Shape,
            [x, context.Optional("gamma") ?? Filled(context, channels, 1), context.Optional("beta") ?? Filled(context, channels, 0)],
            OnnxAttributes.Number("epsilon", context.Number("epsilon", 1e-5f)));
    }

    private static OnnxValue Layer(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x");
        int rank = context.Rank(x);
        int[] axes = context.Has("axes")
            ? context.Integers("axes").Select(axis => ShapeArithmetic.Axis(axis, rank)).OrderBy(axis => axis).ToArray()
            : Enumerable.Range(0, rank).ToArray();
        if (axes.Length == 0)
        {
            throw new NotTranslatableException("it normalizes no axes.");
        }

        OnnxValue? gamma = context.Optional("gamma"), beta = context.Optional("beta");
        bool isTrailing = axes.SequenceEqual(Enumerable.Range(rank - axes.Length, axes.Length));
        if (isTrailing && gamma is not null)
        {
            return graph.Add(
                "LayerNormalization",
                x.Type,
                x.Shape,
                [x, gamma, beta],
                OnnxAttributes.Integer("axis", rank - axes.Length),
                OnnxAttributes.Number("epsilon", context.Number("epsilon", 1e-5f)));
        }

        long[] reduced = axes.Select(axis => (long)axis).ToArray();
        OnnxValue centred = graph.Minus(x, graph.Reduce("ReduceMean", x, reduced, keepDimensions: true));
        OnnxValue variance = graph.Reduce("ReduceMean", graph.Times(centred, centred), reduced, keepDimensions: true);
        OnnxValue deviation = graph.Unary("Sqrt", graph.Plus(variance, graph.Constants.Float(context.Number("epsilon", 1e-5f))));
        OnnxValue y = graph.Over(centred, deviation);
        y = gamma is null ? y : graph.Times(y, Spread(gamma));
        return beta is null ? y : graph.Plus(y, Spread(beta));

        // Gamma and beta have the normalized axes only.
        OnnxValue Spread(OnnxValue value) =>
            graph.Unsqueeze(value, Enumerable.Range(axes[0], rank - axes[0]).Except(axes).Select(axis => (long)(axis - axes[0])).ToArray());
    }

    private static OnnxValue L2(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x");
        OnnxValue squares = graph.Reduce("ReduceSumSquare", x, [-3, -2, -1], keepDimensions: true);
        return graph.Over(x, graph.Unary("Sqrt", graph.Plus(squares, graph.Constants.Float(context.Number("epsilon", 1e-6f)))));
    }

    private static OnnxValue LocalResponse(OperationContext context) => NormalizationNodes.LocalResponse(
        context.Graph, context.Input("x"), context.Rank(context.Input("x")), context.Integer("size"), context.Number("alpha", 1e-4f), context.Number("beta", 0.75f), context.Number("k", 1));

    private static OnnxValue Filled(OperationContext context, OnnxValue model, float value)
    {
        if (model.Shape is not [>= 0 and var count])
        {
            throw new NotTranslatableException("the number of its channels is not known.");
        }

        return context.Graph.Constants.Repeated(value, count);
    }
}
