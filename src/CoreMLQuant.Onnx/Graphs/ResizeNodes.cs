using System;
using System.Linq;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>Resizing of axes. What ONNX's Resize computes with the same numbers is left to it; the rest is two gathers and a blend for each axis.</summary>
internal static class ResizeNodes
{
    /// <summary>Resizes an axis linearly.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="size">Its new size, as a vector of one number.</param>
    /// <param name="mode">The places.</param>
    public static OnnxValue Linear(GraphBuilder graph, OnnxValue x, int axis, OnnxValue size, SamplingMode mode)
    {
        OnnxValue last = graph.Cast(graph.Minus(graph.SizeOf(x, axis), graph.Constants.Int64s([1])), OnnxTensorType.Float);
        OnnxValue places = graph.Clipped(Places(graph, graph.SizeOf(x, axis), size, mode), graph.Constants.Float(0), last);
        return Blended(graph, x, axis, places, last);
    }

    /// <summary>Takes the element on an axis that is nearest to each place.</summary>
    public static OnnxValue Nearest(GraphBuilder graph, OnnxValue x, int axis, OnnxValue size, SamplingMode mode)
    {
        OnnxValue count = graph.SizeOf(x, axis);
        OnnxValue last = graph.Cast(graph.Minus(count, graph.Constants.Int64s([1])), OnnxTensorType.Float);
        OnnxValue places = graph.Clipped(Places(graph, count, size, mode), graph.Constants.Float(0), last);
        OnnxValue rounded = graph.Unary("Floor", graph.Plus(places, graph.Constants.Float(0.5f)));
        return graph.Gather(x, graph.Cast(graph.Binary("Min", rounded, last), OnnxTensorType.Int64), axis);
    }

    /// <summary>Spreads the elements of an axis evenly, the one before each place. Whole numbers: a quotient of floats may fall below the number it stands for.</summary>
    private static OnnxValue Spread(GraphBuilder graph, OnnxValue x, int axis, OnnxValue size) =>
        graph.Gather(x, graph.Over(graph.Times(graph.Range(size), graph.SizeOf(x, axis)), size), axis);

    /// <summary>Spreads the elements of the last two axes; whole multiples of the input's sizes are one node.</summary>
    public static OnnxValue Spread(GraphBuilder graph, OnnxValue x, int rank, OnnxValue height, OnnxValue width)
    {
        if (rank != 4 || !IsMultiple(height, x.Dimension(2)) || !IsMultiple(width, x.Dimension(3)))
        {
            return Spread(graph, Spread(graph, x, rank - 2, height), rank - 1, width);
        }

        float[] scales = [1, 1, (float)height.Known![0] / x.Dimension(2), (float)width.Known![0] / x.Dimension(3)];
        return graph.Add(
            "Resize",
            x.Type,
            [x.Dimension(0), x.Dimension(1), height.Known[0], width.Known[0]],
            [x, null, graph.Constants.Floats(scales, [4])],
            OnnxAttributes.Text("mode", "nearest"),
            OnnxAttributes.Text("coordinate_transformation_mode", "asymmetric"),
            OnnxAttributes.Text("nearest_mode", "floor"));
    }

    /// <summary>Linear resizing of the last two of four axes, by one node where ONNX has the mode.</summary>
    public static OnnxValue Bilinear(GraphBuilder graph, OnnxValue x, OnnxValue height, OnnxValue width, SamplingMode mode)
    {
        int rank = x.Rank ?? throw new NotTranslatableException("the rank of its input is not known.");
        string? coordinates = mode switch
        {
            SamplingMode.Asymmetric => "asymmetric",
            SamplingMode.HalfPixel => "half_pixel",
            SamplingMode.AlignCorners or SamplingMode.StrictAlignCorners when IsLong(height) && IsLong(width) => "align_corners",
            _ => null,
        };
        if (rank != 4 || coordinates is null)
        {
            return Linear(graph, Linear(graph, x, rank - 2, height, mode), rank - 1, width, mode);
        }

        OnnxValue sizes = graph.Concat([graph.SizeOf(x, 0), graph.SizeOf(x, 1), height, width], 0);
        return graph.Add(
            "Resize",
            x.Type,
            sizes.Known ?? ShapeNodes.Unknown(4),
            [x, null, null, sizes],
            OnnxAttributes.Text("mode", "linear"),
            OnnxAttributes.Text("coordinate_transformation_mode", coordinates));
    }

    /// <summary>A blend of the two elements next to each place.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="places">Places from 0 to the last element, as a vector of floats.</param>
    /// <param name="last">Place of the last element.</param>
    private static OnnxValue Blended(GraphBuilder graph, OnnxValue x, int axis, OnnxValue places, OnnxValue last)
    {
        int following = x.Rank!.Value - 1 - axis;
        OnnxValue low = graph.Unary("Floor", places), high = graph.Binary("Min", graph.Plus(low, graph.Constants.Float(1)), last);
        OnnxValue weight = graph.Reshape(graph.Minus(places, low), [-1, .. Enumerable.Repeat(1L, following)]);
        OnnxValue first = graph.Gather(x, graph.Cast(low, OnnxTensorType.Int64), axis), second = graph.Gather(x, graph.Cast(high, OnnxTensorType.Int64), axis);
        return graph.Plus(first, graph.Times(graph.Minus(second, first), weight));
    }

    private static OnnxValue Places(GraphBuilder graph, OnnxValue count, OnnxValue size, SamplingMode mode)
    {
        if (count.Known is [var n] && size.Known is [var m and >= 0 and < 1 << 20])
        {
            return graph.Constants.Floats(Enumerable.Range(0, (int)m).Select(i => (float)Place(i, n, m, mode)).ToArray(), [m]);
        }

        OnnxValue half = graph.Constants.Float(0.5f), one = graph.Constants.Float(1), zero = graph.Constants.Float(0);
        OnnxValue i = graph.Cast(graph.Range(size), OnnxTensorType.Float), from = graph.Cast(count, OnnxTensorType.Float), to = graph.Cast(size, OnnxTensorType.Float);
        OnnxValue steps = graph.Binary("Max", graph.Minus(to, one), one);
        return mode switch
        {
            SamplingMode.Asymmetric => graph.Over(graph.Times(i, from), to),
            SamplingMode.StrictAlignCorners => graph.Over(graph.Times(i, graph.Minus(from, one)), steps),
            SamplingMode.AlignCorners => graph.Plus(
                graph.Over(graph.Times(i, graph.Minus(from, one)), steps),
                graph.Where(graph.Truth("Equal", to, one), graph.Times(graph.Minus(from, one), half), zero)),
            SamplingMode.OffsetCorners => graph.Over(graph.Times(graph.Plus(i, half), graph.Binary("Max", graph.Minus(from, one), one)), to),
            _ => graph.Minus(graph.Over(graph.Times(graph.Plus(i, half), from), to), half),
        };
    }

    private static double Place(int i, double n, double m, SamplingMode mode) => mode switch
    {
        SamplingMode.Asymmetric => i * n / m,
        SamplingMode.StrictAlignCorners => m == 1 ? 0 : i * (n - 1) / (m - 1),
        SamplingMode.AlignCorners => m == 1 ? (n - 1) / 2 : i * (n - 1) / (m - 1),
        SamplingMode.OffsetCorners => (i + 0.5) * Math.Max(1, n - 1) / m,
        _ => ((i + 0.5) * n / m) - 0.5,
    };

    private static bool IsMultiple(OnnxValue size, long of) => of > 0 && size.Known is [> 0 and var wanted] && wanted % of == 0;

    private static bool IsLong(OnnxValue size) => size.Known is [> 1];
}
