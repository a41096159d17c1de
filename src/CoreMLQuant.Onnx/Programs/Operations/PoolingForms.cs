using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Onnx.Schema;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Poolings.</summary>
internal static class PoolingForms
{
    private const string CeilTrap = "With ceil_mode the last window begins inside the input or its padding in front.";

    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Moving("max_pool", context => Pool(context, "MaxPool", context.Input("x"))) with { Trap = CeilTrap },
        OperationForm.Of("avg_pool", Average) with { Trap = CeilTrap },
        OperationForm.Of("l2_pool", SquareRoot) with { Trap = CeilTrap },
    ];

    private static OnnxValue Average(OperationContext context) => context.Flag("exclude_padding_from_average", false)
        ? Pool(context, "AveragePool", context.Input("x"))
        : Pool(context, "AveragePool", context.Input("x"), countsPadding: true);

    // The root of the sum of squares; what an average counts as padding adds nothing to a sum.
    private static OnnxValue SquareRoot(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x");
        long elements = context.Integers("kernel_sizes").Aggregate(1L, (product, size) => checked(product * size));
        OnnxValue mean = Pool(context, "AveragePool", graph.Times(x, x), countsPadding: true, countsCeiling: true);
        return graph.Unary("Sqrt", graph.Times(mean, graph.Constants.Float(elements)));
    }

    private static OnnxValue Pool(OperationContext context, string operatorType, OnnxValue x, bool countsPadding = false, bool countsCeiling = false)
    {
        GraphBuilder graph = context.Graph;
        var window = SpatialWindow.Of(context, context.Integers("kernel_sizes"), withDilations: false);
        bool ceils = context.Flag("ceil_mode", false);
        if (window.PadsFor(x) is not var (begins, ends) || (ceils && Enumerable.Range(2, begins.Length).Any(axis => x.Dimension(axis) < 0)))
        {
            return graph.Add(operatorType, x.Type, null, [x], [.. window.Attributes(x), OnnxAttributes.Flag("ceil_mode", ceils), .. Counting(countsPadding)]);
        }

        long[] extra = new long[ends.Length];
        for (int i = 0; ceils && i < extra.Length; i++)
        {
            long size = x.Dimension(i + 2) + begins[i] + ends[i], stride = window.Strides[i];
            long count = ((size - window.Kernel[i] + stride - 1) / stride) + 1;
            count -= (count - 1) * stride >= x.Dimension(i + 2) + begins[i] ? 1 : 0;
            extra[i] = System.Math.Max(((count - 1) * stride) + window.Kernel[i] - size, 0);
        }

        // Padding that counts becomes zeros; what the last windows lack never counts. A session wants padding smaller than the window.
        bool padsFirst = (countsPadding && !countsCeiling && begins.Concat(ends).Any(pad => pad > 0))
            || Enumerable.Range(0, begins.Length).Any(i => begins[i] >= window.Kernel[i] || ends[i] + extra[i] >= window.Kernel[i]);
        if (padsFirst)
        {
            OnnxValue filler = graph.Constants.Float(operatorType == "MaxPool" ? float.NegativeInfinity : 0);
            x = graph.Add("Pad", x.Type, null, [x, graph.Constants.Int64s([0, 0, .. begins, 0, 0, .. ends]), filler]);
            begins = new long[begins.Length];
            ends = new long[ends.Length];
        }

        return graph.Add(
            operatorType,
            x.Type,
            null,
            [x],
            [
                OnnxAttributes.Integers("kernel_shape", window.Kernel),
                OnnxAttributes.Integers("strides", window.Strides),
                OnnxAttributes.Integers("pads", begins.Concat(ends.Zip(extra, (end, more) => end + more))),
                .. Counting(countsPadding && countsCeiling),
            ]);
    }

    private static IEnumerable<AttributeProto> Counting(bool countsPadding) =>
        countsPadding ? [OnnxAttributes.Flag("count_include_pad", true)] : [];
}
