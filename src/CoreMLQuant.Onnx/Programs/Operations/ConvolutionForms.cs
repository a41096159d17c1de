using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Convolutions of one to three spatial axes.</summary>
internal static class ConvolutionForms
{
    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Of("conv", context => Convolution(context, context.Input("weight"))) with { Trap = "'same' puts the extra padding at the end, 'same_lower' at the start." },
        OperationForm.Of("conv_quantized", context => Convolution(context, DequantizedWeight(context))),
        OperationForm.Of("conv_transpose", Transposed) with { Trap = "An output shape wins over the padding." },
    ];

    private static OnnxValue Convolution(OperationContext context, OnnxValue weight)
    {
        OnnxValue x = context.Input("x");
        var window = SpatialWindow.Of(context, Kernel(weight), withDilations: true);
        return context.Graph.Add(
            "Conv",
            OnnxTensorType.Float,
            null,
            [x, weight, context.Optional("bias")],
            [.. window.Attributes(x), OnnxAttributes.Integers("dilations", window.Dilations), OnnxAttributes.Integer("group", context.Integer("groups", 1))]);
    }

    private static OnnxValue DequantizedWeight(OperationContext context)
    {
        if (context.Text("quantization_type", "linear") != "linear")
        {
            throw new NotTranslatableException("only its linear quantization has a translation.");
        }

        GraphBuilder graph = context.Graph;
        OnnxValue weight = context.Floats("weight");
        return graph.Plus(graph.Times(weight, PerOutput(context.Input("quant_scale"))), PerOutput(context.Input("quant_bias")));

        OnnxValue PerOutput(OnnxValue value) => graph.Reshape(value, [-1, .. Enumerable.Repeat(1L, (weight.Rank ?? 4) - 1)]);
    }

    private static OnnxValue Transposed(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x"), weight = context.Input("weight");
        var window = SpatialWindow.Of(context, Kernel(weight), withDilations: true);
        int count = window.Kernel.Count;
        long groups = context.Integer("groups", 1);
        long[] begins = new long[count], ends = new long[count];
        IReadOnlyList<long>? wanted = context.Has("output_shape") ? context.Integers("output_shape") : null;
        if (wanted?.Count < count)
        {
            throw new NotTranslatableException($"its output shape has fewer than {count} sizes.");
        }

        for (int i = 0; i < count; i++)
        {
            long span = window.Span(i), stride = window.Strides[i];
            if (window.IsSame)
            {
                // in * stride elements are wanted of (in - 1) * stride + span.
                long surplus = span - stride;
                begins[i] = surplus <= 0 ? 0 : window.ExtraAtStart ? (surplus + 1) / 2 : surplus / 2;
                ends[i] = surplus - begins[i];
            }
            else
            {
                (begins[i], ends[i]) = (window.Begins[i], window.Ends[i]);
            }

            if (wanted is not null)
            {
                long size = x.Dimension(i + 2) is >= 0 and var known ? known : throw new NotTranslatableException("it has an output shape, and the size of its input is not known.");
                long full = ((size - 1) * stride) + span, target = wanted[wanted.Count - count + i];
                begins[i] = window.IsSame ? Math.Max(full - target, 0) / 2 : begins[i];
                ends[i] = full - begins[i] - target;
            }
        }

        // What is missing at the end holds nothing but the bias, so that comes last.
        bool isShort = ends.Any(end => end < 0);
        OnnxValue? bias = context.Optional("bias");
        OnnxValue y = graph.Add(
            "ConvTranspose",
            OnnxTensorType.Float,
            null,
            [x, weight, isShort ? null : bias],
            OnnxAttributes.Integers("kernel_shape", window.Kernel),
            OnnxAttributes.Integers("strides", window.Strides),
            OnnxAttributes.Integers("dilations", window.Dilations),
            OnnxAttributes.Integers("pads", begins.Concat(ends.Select(end => Math.Max(end, 0)))),
            OnnxAttributes.Integer("group", groups));
        if (!isShort)
        {
            return y;
        }

        OnnxValue pads = graph.Constants.Int64s([.. new long[count], .. ends.Select(end => Math.Max(-end, 0))]);
        OnnxValue axes = graph.Constants.Int64s(Enumerable.Range(2, count).Select(axis => (long)axis).ToArray());
        y = graph.Add("Pad", OnnxTensorType.Float, null, [y, pads, graph.Constants.Float(0), axes]);
        return bias is null ? y : graph.Plus(y, graph.Reshape(bias, [-1, .. Enumerable.Repeat(1L, count)]));
    }

    private static long[] Kernel(OnnxValue weight) => weight.Shape is { Count: > 2 } shape && shape.Skip(2).All(size => size > 0)
        ? shape.Skip(2).ToArray()
        : throw new NotTranslatableException("the kernel's size is not known.");
}
