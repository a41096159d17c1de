using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Reductions. No blob is a scalar: what has no axes left has one of size 1.</summary>
internal static class ReductionForms
{
    private const float DefaultEpsilon = 1e-6f;
    private const int ArgumentOfLargest = 9;

    private static readonly (Kind Kind, string Operator, Func<LayerDetails, ReduceAxesDetails> Settings)[] ByAxes =
    [
        (Kind.ReduceL1, "ReduceL1", settings => settings.ReduceL1),
        (Kind.ReduceL2, "ReduceL2", settings => settings.ReduceL2),
        (Kind.ReduceMax, "ReduceMax", settings => settings.ReduceMax),
        (Kind.ReduceMin, "ReduceMin", settings => settings.ReduceMin),
        (Kind.ReduceSum, "ReduceSum", settings => settings.ReduceSum),
        (Kind.ReduceProd, "ReduceProd", settings => settings.ReduceProd),
        (Kind.ReduceMean, "ReduceMean", settings => settings.ReduceMean),
        (Kind.ReduceLogSum, "ReduceLogSum", settings => settings.ReduceLogSum),
        (Kind.ReduceSumSquare, "ReduceSumSquare", settings => settings.ReduceSumSquare),
        (Kind.ReduceLogSumExp, "ReduceLogSumExp", settings => settings.ReduceLogSumExp),
    ];

    // Axes and functions of the first systems, by their numbers.
    private static readonly long[][] NumberedAxes = [[-3, -2, -1], [-2, -1], [-3], [-2], [-1]];
    private static readonly string[] NumberedFunctions =
        ["ReduceSum", "ReduceMean", "ReduceProd", "ReduceLogSum", "ReduceSumSquare", "ReduceL1", "ReduceL2", "ReduceMax", "ReduceMin"];

    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All => ByAxes
        .Select(one => LayerForm.Of(one.Kind, layer => Reduce(layer, one.Operator, one.Settings(layer.Settings))))
        .Append(LayerForm.Of(Kind.Reduce, Numbered));

    /// <summary>A blob: what has no axes gets one.</summary>
    public static OnnxValue NoScalar(GraphBuilder graph, OnnxValue value) => value.Rank == 0 ? graph.Vector(value) : value;

    private static OnnxValue Reduce(LayerContext layer, string operatorType, ReduceAxesDetails settings)
    {
        bool takesAll = settings.ReduceAll || settings.Axes.Count == 0;
        layer.Rank(layer.X);
        return NoScalar(layer.Graph, layer.Graph.Reduce(operatorType, layer.X, takesAll ? null : settings.Axes.ToArray(), settings.KeepDims && !settings.ReduceAll));
    }

    private static OnnxValue Numbered(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        ReduceDetails settings = layer.Settings.Reduce;
        layer.RankFrom(layer.X, LayerRanks.Image);
        if (settings.Axis < 0 || settings.Axis >= NumberedAxes.Length || settings.Mode < 0 || settings.Mode > ArgumentOfLargest)
        {
            throw new NotTranslatableException("its axes or its function are not known.");
        }

        long[] axes = NumberedAxes[settings.Axis];
        if (settings.Mode == ArgumentOfLargest)
        {
            return axes is [var axis]
                ? graph.Add("ArgMax", OnnxTensorType.Int64, ReductionNodes.Reduced(layer.X.Shape, axes, true), [layer.X], OnnxAttributes.Integer("axis", axis))
                : throw new NotTranslatableException("the place of the largest element is told along one axis only.");
        }

        string function = NumberedFunctions[settings.Mode];
        OnnxValue x = function == "ReduceLogSum"
            ? graph.Plus(layer.X, graph.Constants.Float(settings.Epsilon == 0 ? DefaultEpsilon : settings.Epsilon))
            : layer.X;
        return graph.Reduce(function, x, axes, keepDimensions: true);
    }
}
