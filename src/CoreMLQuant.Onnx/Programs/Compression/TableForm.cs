using System.Linq;
using CoreMLQuant.Files;
using CoreMLQuant.Mil.Decoding;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.Onnx.Programs.Compression;

/// <summary>
/// Palettized weights as <c>Gather</c> from their tables, laid one behind the other: a group's indices are moved to its table. All of it is constant,
/// so that a session computes it once.
/// </summary>
internal static class TableForm
{
    /// <summary>Builds it; <see langword="null"/> for vectors, and for tables that would be as large as the weight.</summary>
    public static OnnxValue? Build(KeptWeights kept, PalettizedValues values, DecodedWeight weight, string name)
    {
        if (values.Vector is not null || values.Indices is not StoredValues || values.Tables.Count > values.Count / 2)
        {
            return null;
        }

        GraphBuilder graph = kept.Graph;
        float[] tables = new float[checked((int)values.Tables.Count)];
        values.Tables.Read(0, tables);

        // Indices of 1, 2 and 3 bits have no type of their own.
        OnnxTensorType type = values.Entries <= 16 ? OnnxTensorType.UInt4 : OnnxTensorType.UInt8;
        OnnxValue places = graph.Cast(kept.Store(type, values.Indices, weight.Shape, name + ".indices"), OnnxTensorType.Int32);
        places = MovedToTheirTable(graph, places, values.Grid, values.Entries);
        return kept.Named(
            graph.Add("Gather", OnnxTensorType.Float, weight.Shape, [graph.Constants.Floats(tables, [tables.Length]), places], OnnxAttributes.Integer("axis", 0)), name);
    }

    private static OnnxValue MovedToTheirTable(GraphBuilder graph, OnnxValue places, BlockGrid grid, int entries)
    {
        long stride = entries;
        for (int axis = grid.Shape.Count - 1; axis >= 0; axis--)
        {
            (long size, long count) = (grid.Shape[axis], grid.BlockCounts[axis]);
            if (count > 1)
            {
                long[] first = Enumerable.Range(0, checked((int)size)).Select(index => index / (size / count) * stride).ToArray();
                long[] shape = grid.Shape.Select((_, other) => other == axis ? size : 1).ToArray();
                places = graph.Plus(places, graph.Constants.Integers(first, OnnxTensorType.Int32, shape));
                stride *= count;
            }
        }

        return places;
    }
}
