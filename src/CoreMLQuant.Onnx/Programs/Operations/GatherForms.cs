using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Operations that take elements by index.</summary>
internal static class GatherForms
{
    private const string Trap = "Indices out of range are undefined in Core ML; here they are moved into it.";

    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All =>
    [
        OperationForm.Moving("gather", Gather) with { Trap = Trap },
        OperationForm.Moving("gather_along_axis", AlongAxis) with { Trap = Trap },
        OperationForm.Moving("gather_nd", ByPositions) with { Trap = Trap },
    ];

    private static OnnxValue Gather(OperationContext context)
    {
        OnnxValue x = context.Input("x"), indices = context.Indices("indices");
        int axis = ShapeArithmetic.Axis(context.Integer("axis", 0), context.Rank(x));
        int batch = (int)context.Integer("batch_dims", 0);
        return context.Graph.GatherBatched(x, context.Graph.Within(indices, x, axis), axis, batch < 0 ? batch + context.Rank(indices) : batch);
    }

    private static OnnxValue AlongAxis(OperationContext context)
    {
        OnnxValue x = context.Input("x"), indices = context.Indices("indices");
        int axis = ShapeArithmetic.Axis(context.Integer("axis", 0), context.Rank(x));
        return context.Graph.Add("GatherElements", x.Type, indices.Shape, [x, context.Graph.Within(indices, x, axis)], OnnxAttributes.Integer("axis", axis));
    }

    private static OnnxValue ByPositions(OperationContext context)
    {
        OnnxValue x = context.Input("x");
        int batch = (int)context.Integer("batch_dims", 0);
        return context.Graph.Add("GatherND", x.Type, null, [x, Positions(context, x, batch)], OnnxAttributes.Integer("batch_dims", batch));
    }

    /// <summary>Positions of several coordinates, each within its axis.</summary>
    internal static OnnxValue Positions(OperationContext context, OnnxValue x, int firstAxis)
    {
        GraphBuilder graph = context.Graph;
        OnnxValue indices = graph.Cast(context.Indices("indices"), OnnxTensorType.Int64);
        long coordinates = indices.Dimension(-1);
        if (coordinates < 0 || firstAxis < 0 || coordinates > context.Rank(x) - firstAxis)
        {
            throw new NotTranslatableException("its indices have more coordinates than its tensor has axes, or it is not known how many.");
        }

        OnnxValue sizes = graph.Concat(Enumerable.Range(firstAxis, (int)coordinates).Select(axis => graph.SizeOf(x, axis)).ToArray(), 0);
        OnnxValue first = graph.Minus(graph.Constants.Int64s([0]), sizes), last = graph.Minus(sizes, graph.Constants.Int64s([1]));
        return graph.Clipped(indices, first, last);
    }
}
