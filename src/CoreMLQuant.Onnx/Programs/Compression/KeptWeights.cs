using System.Collections.Generic;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Decoding;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Onnx.Programs.Compression;

/// <summary>
/// Weights that stay compressed in the graph. Their nodes stand in the outermost graph: the nodes of a nested one are complete before
/// the node that holds them is added, so what is added meanwhile comes before it and is seen from inside.
/// </summary>
internal sealed class KeptWeights(GraphBuilder graph, TensorNames names)
{
    /// <summary>The first opset with integers of 4 bits and with blocks in <c>DequantizeLinear</c>.</summary>
    public const int OpsetOfBlocks = 21;

    /// <summary>The oldest opset that has all that was used.</summary>
    public int NeededOpset { get; private set; } = TranslationOptions.OldestOpset;

    /// <summary>The graph that takes the nodes.</summary>
    public GraphBuilder Graph => graph;

    /// <summary>A compressed weight; <see langword="null"/> when there is no form for it and it has to be decoded.</summary>
    /// <param name="maker">The operation that decodes it.</param>
    /// <param name="weight">The weight.</param>
    /// <param name="name">Its name.</param>
    public OnnxValue? Find(OperationNode maker, DecodedWeight weight, string name)
    {
        if (weight.Mask is not null)
        {
            return null;
        }

        string origin = graph.Origin;
        graph.Origin = maker.Name;
        OnnxValue? kept = weight switch
        {
            { Linear: { } linear } => LinearForm.Build(this, linear, weight, name),
            { Palettized: { } palettized } => TableForm.Build(this, palettized, weight, name),
            { Values: StoredValues { ElementType: ElementType.Float16 } } => Half(weight.Values, weight.Shape, name),
            _ => null,
        };
        graph.Origin = origin;
        return kept;
    }

    /// <summary>A weight that stays in FP16 and is widened by a cast.</summary>
    public OnnxValue Half(TensorValues values, IReadOnlyList<long> shape, string name) =>
        Named(graph.Cast(Store(OnnxTensorType.Float16, values, shape, name + ".fp16"), OnnxTensorType.Float), name);

    /// <summary>The numbers of a compressed weight as a constant.</summary>
    public OnnxValue Store(OnnxTensorType type, TensorValues numbers, IReadOnlyList<long> shape, string name)
    {
        if (type.BitWidth() < 8)
        {
            Need(OpsetOfBlocks);
        }

        return graph.Constants.Add(new DecodedInitializer(Named(new OnnxValue(type, shape), name), numbers));
    }

    /// <summary>Remembers what an operator needs.</summary>
    public void Need(int opset) => NeededOpset = opset > NeededOpset ? opset : NeededOpset;

    /// <summary>Gives a value its name.</summary>
    public OnnxValue Named(OnnxValue value, string name)
    {
        names.Give(value, name);
        return value;
    }
}
