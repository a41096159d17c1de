using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Onnx.Schema;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks.Layers;

/// <summary>Convolutions and deconvolutions of two and three spatial axes.</summary>
internal static class ConvolutionForms
{
    private const int Same3D = 2, Custom3D = 0;

    /// <summary>The layers.</summary>
    public static IEnumerable<LayerForm> All =>
    [
        LayerForm.Of(Kind.Convolution, Planar) with { Trap = "A deconvolution's output shape wins over its padding; weights may be a second input." },
        LayerForm.Of(Kind.Convolution3D, Spatial),
    ];

    private static OnnxValue Planar(LayerContext layer)
    {
        ConvolutionLayerParams convolution = layer.Layer.Message.Convolution;
        ConvolutionDetails settings = layer.Settings.Convolution;
        long[] kernel = settings.KernelSize.Count == 2 ? LayerContext.Counts(settings.KernelSize) : [3, 3];
        long groups = Math.Max(1, LayerContext.Count(settings.NGroups)), outputs = LayerContext.Count(convolution.OutputChannels), inputs = LayerContext.Count(convolution.KernelChannels);
        OnnxValue weight = layer.InputCount > 1
            ? layer.Input(1)
            : settings.IsDeconvolution ? layer.Weight("weights", inputs, outputs / groups, kernel[0], kernel[1]) : layer.Weight("weights", outputs, inputs, kernel[0], kernel[1]);
        OnnxValue? bias = settings.HasBias ? layer.OptionalWeight("bias", outputs) : null;
        var window = LayerWindow.Of(kernel, settings.Stride, settings.DilationFactor, settings.Valid, settings.Same);
        return Add(layer, window, weight, bias, groups, outputs, settings.IsDeconvolution, LayerContext.Counts(settings.OutputShape));
    }

    private static OnnxValue Spatial(LayerContext layer)
    {
        Convolution3DDetails settings = layer.Settings.Convolution3D;
        long[] kernel = [settings.KernelDepth, settings.KernelHeight, settings.KernelWidth];
        long groups = Math.Max(1, settings.NGroups), outputs = settings.OutputChannels, inputs = settings.InputChannels;
        OnnxValue weight = settings.IsDeconvolution ? layer.Weight("weights", [inputs, outputs / groups, .. kernel]) : layer.Weight("weights", [outputs, inputs / groups, .. kernel]);
        bool isCustom = settings.PaddingType == Custom3D;
        var window = new LayerWindow(
            kernel,
            OrOne(settings.StrideDepth, settings.StrideHeight, settings.StrideWidth),
            OrOne(settings.DilationDepth, settings.DilationHeight, settings.DilationWidth),
            isCustom ? [settings.CustomPaddingFront, settings.CustomPaddingTop, settings.CustomPaddingLeft] : [0, 0, 0],
            isCustom ? [settings.CustomPaddingBack, settings.CustomPaddingBottom, settings.CustomPaddingRight] : [0, 0, 0])
        {
            IsSame = settings.PaddingType == Same3D,
        };
        OnnxValue? bias = settings.HasBias ? layer.OptionalWeight("bias", outputs) : null;
        return Add(layer, window, weight, bias, groups, outputs, settings.IsDeconvolution, LayerContext.Counts(settings.OutputShape));
    }

    private static OnnxValue Add(
        LayerContext layer, LayerWindow window, OnnxValue weight, OnnxValue? bias, long groups, long outputs, bool isDeconvolution, long[] outputShape)
    {
        var batch = new MergedBatch(layer, layer.X, window.Count + 1);
        return batch.Restore(isDeconvolution
            ? Deconvolution(layer.Graph, batch.Value, window, weight, bias, groups, outputs, outputShape)
            : Convolution(layer.Graph, batch.Value, window, weight, bias, groups, outputs));
    }

    private static OnnxValue Convolution(GraphBuilder graph, OnnxValue x, LayerWindow window, OnnxValue weight, OnnxValue? bias, long groups, long outputs)
    {
        long[] sizes = Enumerable.Range(0, window.Count).Select(axis => x.Dimension(axis + 2)).ToArray();
        return graph.Add(
            "Conv",
            OnnxTensorType.Float,
            [x.Dimension(0), outputs, .. sizes.Select((size, axis) => window.CountFor(axis, size))],
            [x, weight, bias],
            [.. Attributes(window, groups), Padding(window, sizes)]);
    }

    private static AttributeProto Padding(LayerWindow window, long[] sizes)
    {
        if (window.IsSame && sizes.Any(size => size < 0))
        {
            return OnnxAttributes.Text("auto_pad", window.ExtraAtStart ? "SAME_LOWER" : "SAME_UPPER");
        }

        (long Begin, long End)[] pads = sizes.Select((size, axis) => window.PadsFor(axis, size)).ToArray();
        return OnnxAttributes.Integers("pads", pads.Select(pad => pad.Begin).Concat(pads.Select(pad => pad.End)));
    }

    private static OnnxValue Deconvolution(
        GraphBuilder graph, OnnxValue x, LayerWindow window, OnnxValue weight, OnnxValue? bias, long groups, long outputs, long[] outputShape)
    {
        int count = window.Count;
        long[] begins = new long[count], ends = new long[count], sizes = new long[count];
        for (int i = 0; i < count; i++)
        {
            long size = x.Dimension(i + 2), stride = window.Strides[i], span = window.Span(i);

            // The padding is cut off; "same" wants as many elements as the input has, times the stride.
            (begins[i], ends[i]) = window.IsSame ? span >= stride ? window.Halves(span - stride) : (0, span - stride) : (window.Begins[i], window.Ends[i]);
            if (outputShape.Length >= count)
            {
                if (size < 0)
                {
                    throw new NotTranslatableException("it has an output shape, and the size of its input is not known.");
                }

                long surplus = checked(((size - 1) * stride) + span - outputShape[outputShape.Length - count + i]);
                (begins[i], ends[i]) = window.IsSame && surplus >= 0 ? window.Halves(surplus) : (Math.Min(begins[i], Math.Max(surplus, 0)), surplus - Math.Min(begins[i], Math.Max(surplus, 0)));
            }

            sizes[i] = size < 0 ? -1 : checked(((size - 1) * stride) + span - begins[i] - ends[i]);
        }

        // What is missing at the end holds nothing but the bias, so that comes last.
        bool isShort = ends.Any(end => end < 0);
        long[] shape = [x.Dimension(0), outputs, .. sizes];
        OnnxValue y = graph.Add(
            "ConvTranspose",
            OnnxTensorType.Float,
            isShort ? null : shape,
            [x, weight, isShort ? null : bias],
            [.. Attributes(window, groups), OnnxAttributes.Integers("pads", begins.Concat(ends.Select(end => Math.Max(end, 0))))]);
        if (!isShort)
        {
            return y;
        }

        OnnxValue pads = graph.Constants.Int64s([.. new long[count + 2], 0, 0, .. ends.Select(end => Math.Max(-end, 0))]);
        y = graph.Add("Pad", OnnxTensorType.Float, shape, [y, pads, graph.Constants.Float(0)]);
        return bias is null ? y : graph.Plus(y, graph.Reshape(bias, [-1, .. Enumerable.Repeat(1L, count)]));
    }

    private static IEnumerable<AttributeProto> Attributes(LayerWindow window, long groups) =>
    [
        OnnxAttributes.Integers("kernel_shape", window.Kernel),
        OnnxAttributes.Integers("strides", window.Strides),
        OnnxAttributes.Integers("dilations", window.Dilations),
        OnnxAttributes.Integer("group", groups),
    ];

    private static long[] OrOne(params int[] values) => values.Select(value => value > 0 ? (long)value : 1).ToArray();
}
