using System.Collections.Generic;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Operations that move blocks of the spatial axes to channels or batch, and back.</summary>
internal static class BlockShapeForms
{
    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Moving("depth_to_space", context => ToSpace(context, "block_size", "DCR")),
        OperationForm.Moving("pixel_shuffle", context => ToSpace(context, "upscale_factor", "CRD")),
        OperationForm.Moving("space_to_depth", context =>
            context.Graph.Add("SpaceToDepth", context.Input("x").Type, null, [context.Input("x")], OnnxAttributes.Integer("blocksize", context.Integer("block_size")))),
        OperationForm.Moving("pixel_unshuffle", Unshuffle) with { Trap = "Channels come before the places in a block, unlike in SpaceToDepth." },
        OperationForm.Moving("space_to_batch", ToBatch),
        OperationForm.Moving("batch_to_space", FromBatch),
    ];

    private static OnnxValue ToSpace(OperationContext context, string parameter, string mode) => context.Graph.Add(
        "DepthToSpace", context.Input("x").Type, null, [context.Input("x")], OnnxAttributes.Integer("blocksize", context.Integer(parameter)), OnnxAttributes.Text("mode", mode));

    private static OnnxValue Unshuffle(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue x = context.Input("x");
        long factor = context.Integer("downscale_factor");
        OnnxValue blocks = InBlocks(graph, x, factor, factor);
        return Joined(graph, graph.Transpose(blocks, 0, 1, 3, 5, 2, 4), x, graph.SizeOf(x, 0), Product(graph, graph.SizeOf(x, 1), factor * factor), factor, factor);
    }

    private static OnnxValue ToBatch(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        (long height, long width) = Block(context);
        OnnxValue x = context.Input("x");
        IReadOnlyList<long> pad = FourNumbers(context, "paddings");
        x = graph.Add("Pad", x.Type, PaddedShape(x, pad), [x, graph.Constants.Int64s([0, 0, pad[0], pad[2], 0, 0, pad[1], pad[3]])]);
        OnnxValue blocks = InBlocks(graph, x, height, width);
        return Joined(graph, graph.Transpose(blocks, 3, 5, 0, 1, 2, 4), x, Product(graph, graph.SizeOf(x, 0), height * width), graph.SizeOf(x, 1), height, width);
    }

    private static OnnxValue FromBatch(OperationContext context)
    {
        GraphBuilder graph = context.Graph;
        (long height, long width) = Block(context);
        OnnxValue x = context.Input("x");
        IReadOnlyList<long> crops = FourNumbers(context, "crops");
        OnnxValue split = graph.ReshapeTo(
            x, graph.Concat([graph.Constants.Int64s([height, width, -1]), graph.SizeOf(x, 1), graph.SizeOf(x, 2), graph.SizeOf(x, 3)], 0));
        OnnxValue spread = graph.ReshapeTo(
            graph.Transpose(split, 2, 3, 4, 0, 5, 1),
            graph.Concat([graph.Constants.Int64s([-1]), graph.SizeOf(x, 1), Product(graph, graph.SizeOf(x, 2), height), Product(graph, graph.SizeOf(x, 3), width)], 0));
        return graph.Cropped(spread, crops[0], crops[1], crops[2], crops[3]);
    }

    private static OnnxValue InBlocks(GraphBuilder graph, OnnxValue x, long height, long width) => graph.ReshapeTo(x, graph.Concat(
        [
            graph.SizeOf(x, 0), graph.SizeOf(x, 1), Quotient(graph, graph.SizeOf(x, 2), height), graph.Constants.Int64s([height]),
            Quotient(graph, graph.SizeOf(x, 3), width), graph.Constants.Int64s([width]),
        ],
        0));

    private static OnnxValue Joined(GraphBuilder graph, OnnxValue blocks, OnnxValue x, OnnxValue batch, OnnxValue channels, long height, long width) =>
        graph.ReshapeTo(blocks, graph.Concat([batch, channels, Quotient(graph, graph.SizeOf(x, 2), height), Quotient(graph, graph.SizeOf(x, 3), width)], 0));

    private static OnnxValue Product(GraphBuilder graph, OnnxValue size, long factor) => graph.Times(size, graph.Constants.Int64s([factor]));

    private static OnnxValue Quotient(GraphBuilder graph, OnnxValue size, long factor) => factor < 1
        ? throw new NotTranslatableException("its blocks are empty.")
        : graph.Over(size, graph.Constants.Int64s([factor]));

    private static (long Height, long Width) Block(OperationContext context) => context.Integers("block_shape") is [var height and > 0, var width and > 0]
        ? (height, width)
        : throw new NotTranslatableException("its block_shape must be two sizes.");

    private static IReadOnlyList<long> FourNumbers(OperationContext context, string name) => context.Integers(name) is { Count: 4 } numbers
        ? numbers
        : throw new NotTranslatableException($"its {name} must be two pairs.");

    private static long[]? PaddedShape(OnnxValue x, IReadOnlyList<long> pad) => x.Shape is [var batch, var channels, var height, var width]
        ? [batch, channels, height < 0 ? -1 : height + pad[0] + pad[1], width < 0 ? -1 : width + pad[2] + pad[3]]
        : null;
}
