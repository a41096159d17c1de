using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Resizing, and blocks between space and channels.</summary>
internal static class ResizeForms
{
    private const int GridOpset = 20;

    // By their numbers: strict and other alignment of end points, the one of upsample layers, the one of regions of interest.
    private static readonly SamplingMode[] Modes = [SamplingMode.StrictAlignCorners, SamplingMode.AlignCorners, SamplingMode.Asymmetric, SamplingMode.OffsetCorners];

    // By their numbers: the default, corners aligned, corners not aligned.
    private static readonly SamplingMode[] UpsampleModes = [SamplingMode.Asymmetric, SamplingMode.StrictAlignCorners, SamplingMode.HalfPixel];

    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        LayerForm.Of(Kind.Upsample, Upsample),
        LayerForm.Of(Kind.ResizeBilinear, ResizeBilinear),
        LayerForm.Of(Kind.CropResize, CropResize) with { SinceOpset = GridOpset },
        LayerForm.Of(Kind.ReorganizeData, Reorganize),
    ];

    private static OnnxValue Upsample(LayerContext layer)
    {
        UpsampleDetails settings = layer.Settings.Upsample;
        var batch = new MergedBatch(layer, layer.X, LayerRanks.Image);
        float[] factors = settings.FractionalScalingFactor.Count == 2 ? settings.FractionalScalingFactor.ToArray()
            : settings.ScalingFactor.Count == 2 ? settings.ScalingFactor.Select(factor => (float)factor).ToArray()
            : [1, 1];
        OnnxValue height = Scaled(layer.Graph, batch.Value, 2, factors[0]), width = Scaled(layer.Graph, batch.Value, 3, factors[1]);
        return batch.Restore(settings.Mode == 0
            ? ResizeNodes.Spread(layer.Graph, batch.Value, LayerRanks.Image + 1, height, width)
            : ResizeNodes.Bilinear(layer.Graph, batch.Value, height, width, Mode(UpsampleModes, settings.LinearUpsampleMode)));
    }

    private static OnnxValue Scaled(GraphBuilder graph, OnnxValue x, int axis, float factor)
    {
        if (!(factor > 0))
        {
            throw new NotTranslatableException(FormattableString.Invariant($"its factor is {factor}; it must be positive."));
        }

        if (x.Dimension(axis) is >= 0 and var size)
        {
            return graph.Constants.Int64s([checked((long)Math.Floor(size * (double)factor))]);
        }

        OnnxValue own = graph.SizeOf(x, axis);
        return factor % 1 == 0
            ? graph.Times(own, graph.Constants.Int64s([(long)factor]))
            : graph.Cast(graph.Unary("Floor", graph.Times(graph.Cast(own, OnnxTensorType.Float), graph.Constants.Float(factor))), OnnxTensorType.Int64);
    }

    private static OnnxValue ResizeBilinear(LayerContext layer)
    {
        ResizeBilinearDetails settings = layer.Settings.ResizeBilinear;
        var batch = new MergedBatch(layer, layer.X, LayerRanks.Image);
        long[] target = Target(settings.TargetSize);
        OnnxValue height = layer.Graph.Constants.Int64s([target[0]]), width = layer.Graph.Constants.Int64s([target[1]]);
        return batch.Restore(ResizeNodes.Bilinear(layer.Graph, batch.Value, height, width, Mode(Modes, settings.Mode?.SamplingMethod ?? 0)));
    }

    // Images [sequence, batch, C, H, W], boxes [boxes, 1, 4 or 5, 1, 1]: one image for each box comes out along the sequence.
    private static OnnxValue CropResize(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        CropResizeDetails settings = layer.Settings.CropResize;
        long[] target = Target(settings.TargetSize);
        OnnxValue x = layer.X, regions = layer.Input(1);
        if (layer.Rank(x) != LayerRanks.Sequence || regions.Shape is not [_, _, 4 or 5, _, _])
        {
            throw new NotTranslatableException("it needs images of five axes, and boxes of 4 or 5 numbers.");
        }

        long numbers = regions.Dimension(2);
        OnnxValue flat = graph.Reshape(regions, -1, numbers);
        var boxes = new BoxSampling(
            settings.BoxIndicesMode?.BoxMode ?? 0, settings.NormalizedCoordinates, settings.SpatialScale == 0 ? 1 : settings.SpatialScale, Mode(Modes, settings.Mode?.SamplingMethod ?? 0));
        OnnxValue images = graph.Squeeze(x, 0);
        OnnxValue sampled = numbers == 4
            ? boxes.Add(graph, images, flat, null, target[0], target[1])
            : boxes.Add(graph, images, graph.Slice(flat, [1], [5], [1]), graph.Cast(graph.Reshape(graph.Slice(flat, [0], [1], [1]), -1), OnnxTensorType.Int64), target[0], target[1]);
        return graph.Unsqueeze(sampled, 1);
    }

    private static OnnxValue Reorganize(LayerContext layer)
    {
        GraphBuilder graph = layer.Graph;
        ReorganizeDataDetails settings = layer.Settings.ReorganizeData;
        var batch = new MergedBatch(layer, layer.X, LayerRanks.Image);
        OnnxValue x = batch.Value;
        long block = LayerContext.Count(settings.BlockSize), area = checked(block * block);
        Schema.AttributeProto size = OnnxAttributes.Integer("blocksize", block);
        long[] larger = [x.Dimension(0), Over(x.Dimension(1), area), Times(x.Dimension(2), block), Times(x.Dimension(3), block)];
        long[] smaller = [x.Dimension(0), Times(x.Dimension(1), area), Over(x.Dimension(2), block), Over(x.Dimension(3), block)];
        return batch.Restore(settings.Mode switch
        {
            0 => graph.Add("SpaceToDepth", x.Type, smaller, [x], size),
            1 => graph.Add("DepthToSpace", x.Type, larger, [x], size, OnnxAttributes.Text("mode", "DCR")),
            2 => graph.Add("DepthToSpace", x.Type, larger, [x], size, OnnxAttributes.Text("mode", "CRD")),
            var mode => throw new NotTranslatableException($"its mode {mode} is not known."),
        });

        static long Over(long dimension, long by) => dimension < 0 || by == 0 ? -1 : dimension / by;

        static long Times(long dimension, long by) => dimension < 0 ? -1 : checked(dimension * by);
    }

    private static long[] Target(IReadOnlyList<ulong> sizes) => sizes.Count == 2 ? LayerContext.Counts(sizes) : [1, 1];

    private static SamplingMode Mode(SamplingMode[] modes, int number) =>
        number >= 0 && number < modes.Length ? modes[number] : throw new NotTranslatableException($"its sampling mode {number} is not known.");
}
