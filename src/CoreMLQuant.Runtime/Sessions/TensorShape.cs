using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>A feature's shape as the graph's input has it: axes of size one may be there in one and not in the other.</summary>
internal static class TensorShape
{
    /// <summary>The shape to feed values of a shape with.</summary>
    public static IReadOnlyList<long> Of(IReadOnlyList<long> shape, IReadOnlyList<OnnxDimension> graph)
    {
        if (shape.Count == graph.Count)
        {
            return shape;
        }

        long[] sizes = shape.Where(size => size != 1).ToArray();
        return shape.Count < graph.Count
            ? [.. Enumerable.Repeat(1L, graph.Count - shape.Count), .. shape]
            : sizes.Length <= graph.Count ? [.. Enumerable.Repeat(1L, graph.Count - sizes.Length), .. sizes] : shape;
    }
}
