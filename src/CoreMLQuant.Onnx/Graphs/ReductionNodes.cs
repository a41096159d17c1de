using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>Nodes that reduce axes or multiply matrices.</summary>
internal static class ReductionNodes
{
    /// <summary>Reduces axes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="operatorType">E.g. <c>ReduceMean</c>.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axes; <see langword="null"/> for all.</param>
    /// <param name="keepDimensions">Whether reduced axes stay with size 1.</param>
    public static OnnxValue Reduce(this GraphBuilder graph, string operatorType, OnnxValue x, IReadOnlyList<long>? axes, bool keepDimensions) => graph.Add(
        operatorType,
        x.Type,
        Reduced(x.Shape, axes, keepDimensions),
        [x, axes is null ? null : graph.Constants.Int64s(axes)],
        OnnxAttributes.Flag("keepdims", keepDimensions));

    /// <summary>A matrix product of the last two axes, broadcast over the others.</summary>
    public static OnnxValue MatMul(this GraphBuilder graph, OnnxValue a, OnnxValue b)
    {
        long[]? shape = null;
        if (a.Shape is { Count: >= 2 } left && b.Shape is { Count: >= 2 } right)
        {
            shape = ShapeArithmetic.Broadcast(left.Take(left.Count - 2).ToArray(), right.Take(right.Count - 2).ToArray())!
                .Concat([left[left.Count - 2], right[right.Count - 1]]).ToArray();
        }

        return graph.Add("MatMul", a.Type, shape, [a, b]);
    }

    /// <summary>The shape after a reduction.</summary>
    public static IReadOnlyList<long>? Reduced(IReadOnlyList<long>? shape, IReadOnlyList<long>? axes, bool keepDimensions)
    {
        if (shape is null)
        {
            return null;
        }

        var reduced = new HashSet<int>(axes?.Select(axis => ShapeArithmetic.Axis(axis, shape.Count)) ?? Enumerable.Range(0, shape.Count));
        return keepDimensions
            ? shape.Select((dimension, axis) => reduced.Contains(axis) ? 1 : dimension).ToArray()
            : shape.Where((_, axis) => !reduced.Contains(axis)).ToArray();
    }
}
