using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>
/// How much a node computes, compared with others: products of the operators that multiply with weights, and elements that are read and written. Dimensions that are not
/// known count as 1.
/// </summary>
internal static class NodeCost
{
    // Memory is slower than arithmetic by about this.
    private const double ProductsPerElement = 4;

    /// <summary>Estimates.</summary>
    public static double Of(OnnxNode node) =>
        (ProductsPerElement * node.Inputs.Concat(node.Outputs).Sum(Size)) + Products(node) + node.Subgraphs.Sum(inner => inner.Value.Nodes.Sum(Of));

    /// <summary>Number of elements of a value; 0 for one that is left out.</summary>
    public static double Size(OnnxValue? value) => value is null ? 0 : Product(value.Shape ?? []);

    private static double Products(OnnxNode node) => node.Type switch
    {
        "Conv" => Size(node.Outputs[0]) * OfOneChannel(node.Inputs[1]),
        "ConvTranspose" => Size(node.Inputs[0]) * OfOneChannel(node.Inputs[1]),
        "MatMul" or "Gemm" => Size(node.Outputs[0]) * Product(node.Inputs[0]?.Shape?.Skip(node.Inputs[0]!.Shape!.Count - 1) ?? []),
        "LSTM" or "GRU" or "RNN" => Product(node.Inputs[0]?.Shape?.Take(2) ?? []) * (Size(node.Inputs[1]) + Size(node.Inputs[2])),
        _ => 0,
    };

    private static double OfOneChannel(OnnxValue? weights) => Product(weights?.Shape?.Skip(1) ?? []);

    private static double Product(IEnumerable<long> dimensions) => dimensions.Aggregate(1.0, (product, dimension) => product * Math.Max(dimension, 1));
}
