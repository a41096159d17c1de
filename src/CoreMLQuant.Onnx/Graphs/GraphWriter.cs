using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Onnx.Schema;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>Turns a graph that was built into ONNX messages: gives every value and node its final name and writes them down.</summary>
internal sealed class GraphWriter
{
    private readonly HashSet<string> _valueNames;
    private readonly Dictionary<string, int> _nextNumbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _origins = new(StringComparer.Ordinal);

    /// <summary>Names all values of a graph.</summary>
    /// <param name="graph">The outermost graph. Values that have names keep them; those are unique.</param>
    /// <param name="names">The names that are taken.</param>
    public GraphWriter(GraphBuilder graph, IEnumerable<string> names)
    {
        _valueNames = new HashSet<string>(names, StringComparer.Ordinal);
        foreach (OnnxInitializer initializer in graph.Constants.Initializers)
        {
            Name(initializer.Value, "constant");
        }

        Graph = Write(graph, "main");
    }

    /// <summary>The graph without its constants.</summary>
    public GraphProto Graph { get; }

    /// <summary>Core ML's operation for each node, by the node's name.</summary>
    public IReadOnlyDictionary<string, string> Origins => _origins;

    /// <summary>A description of a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="withShape">Whether to tell its shape; wrong ones are refused when a session is made.</param>
    public static ValueInfoProto Describe(OnnxValue value, bool withShape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)value.Type };
        if (withShape && value.Shape is { } shape)
        {
            tensor.Shape = new TensorShapeProto();
            for (int axis = 0; axis < shape.Count; axis++)
            {
                tensor.Shape.Dim.Add(shape[axis] >= 0
                    ? new TensorShapeProto.Types.Dimension { DimValue = shape[axis] }
                    : new TensorShapeProto.Types.Dimension { DimParam = Symbol(value.Name, axis) });
            }
        }

        return new ValueInfoProto { Name = value.Name, Type = new TypeProto { TensorType = tensor } };
    }

    /// <summary>Name of a dimension that is not known.</summary>
    public static string Symbol(string valueName, int axis) => valueName + "." + axis.ToString(CultureInfo.InvariantCulture);

    private GraphProto Write(GraphBuilder graph, string name)
    {
        bool isOutermost = graph.Outer is null;
        var proto = new GraphProto { Name = name };
        foreach (OnnxValue input in graph.Inputs)
        {
            Name(input, "input");

            // A loop wants to know that its counter is a scalar; what it carries may change its shape.
            proto.Input.Add(Describe(input, isOutermost || input.IsStatic));
        }

        foreach (OnnxNode node in graph.Nodes)
        {
            proto.Node.Add(Write(node));
        }

        foreach (OnnxValue output in graph.Outputs)
        {
            proto.Output.Add(Describe(output, isOutermost));
        }

        return proto;
    }

    private NodeProto Write(OnnxNode node)
    {
        string origin = node.Origin.Length == 0 ? node.Type : node.Origin;
        string name = Unique(_origins.ContainsKey, origin, "node ");
        _origins.Add(name, node.Origin);
        var proto = new NodeProto { Name = name, OpType = node.Type };
        proto.Input.AddRange(node.Inputs.Select(input => input?.Name ?? string.Empty));
        proto.Attribute.AddRange(node.Attributes);
        foreach (KeyValuePair<string, GraphBuilder> subgraph in node.Subgraphs)
        {
            proto.Attribute.Add(new AttributeProto
            {
                Name = subgraph.Key,
                Type = AttributeProto.Types.AttributeType.Graph,
                G = Write(subgraph.Value, name + "/" + subgraph.Key),
            });
        }

        foreach (OnnxValue? output in node.Outputs)
        {
            if (output is not null)
            {
                Name(output, origin + "/" + node.Type);
            }

            proto.Output.Add(output?.Name ?? string.Empty);
        }

        return proto;
    }

    private void Name(OnnxValue value, string stem)
    {
        if (value.Name.Length == 0)
        {
            value.Name = Unique(_valueNames.Contains, stem, "value ");
            _valueNames.Add(value.Name);
        }
    }

    private string Unique(Func<string, bool> isTaken, string stem, string kind)
    {
        string key = kind + stem;
        _nextNumbers.TryGetValue(key, out int number);
        string name = stem;
        while (number > 0 ? isTaken(name = stem + "." + number.ToString(CultureInfo.InvariantCulture)) : isTaken(name))
        {
            number++;
        }

        _nextNumbers[key] = number;
        return name;
    }
}
