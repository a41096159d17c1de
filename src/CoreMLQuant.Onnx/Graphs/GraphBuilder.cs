using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Schema;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>
/// A graph that is being built, or one inside a node of it, which sees the values of those around it. Nodes are in the order
/// in which they were added, makers before users. What builds common nodes stands beside this class, a file for each kind.
/// </summary>
internal sealed class GraphBuilder
{
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<OnnxValue> _inputs = [];
    private readonly List<OnnxValue> _outputs = [];

    /// <summary>Begins the outermost graph.</summary>
    /// <param name="opset">Version of ONNX's operators.</param>
    public GraphBuilder(int opset)
    {
        Opset = opset;
        Constants = new GraphConstants();
    }

    private GraphBuilder(GraphBuilder outer)
    {
        Outer = outer;
        Opset = outer.Opset;
        Constants = outer.Constants;
        Origin = outer.Origin;
    }

    /// <summary>The graph around this one.</summary>
    public GraphBuilder? Outer { get; }

    /// <summary>Version of ONNX's operators.</summary>
    public int Opset { get; }

    /// <summary>The constants of all nested graphs.</summary>
    public GraphConstants Constants { get; }

    /// <summary>Name of the Core ML operation or layer that the next nodes belong to.</summary>
    public string Origin { get; set; } = string.Empty;

    /// <summary>The hidden states of recurrent operations, by <see cref="Running.HiddenStateNames"/>; <see langword="null"/> when nobody wants them, or where they cannot be tapped.</summary>
    public IDictionary<string, OnnxValue>? HiddenStates { get; init; }

    /// <summary>What this graph, or graphs inside it, hand out to the one around it beside its outputs, by name; see <see cref="HandedOutValues"/>.</summary>
    public Dictionary<string, OnnxValue> HandedOut { get; } = new(StringComparer.Ordinal);

    /// <summary>The nodes.</summary>
    public IReadOnlyList<OnnxNode> Nodes => _nodes;

    /// <summary>The inputs.</summary>
    public IReadOnlyList<OnnxValue> Inputs => _inputs;

    /// <summary>The outputs.</summary>
    public IReadOnlyList<OnnxValue> Outputs => _outputs;

    /// <summary>Begins a graph inside a node of this one.</summary>
    public GraphBuilder Nested() => new(this);

    /// <summary>Adds an input.</summary>
    public OnnxValue AddInput(OnnxTensorType type, IReadOnlyList<long>? shape, string name = "")
    {
        var value = new OnnxValue(type, shape) { Name = name, Graph = this };
        _inputs.Add(value);
        return value;
    }

    /// <summary>
    /// Adds an output. What this graph does not make itself, gives out already or calls something else goes through an Identity: an output
    /// of a graph is a value of its own.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="name">The name that it should have; whether it can, its caller sees to.</param>
    public OnnxValue AddOutput(OnnxValue value, string name = "")
    {
        bool isOwn = value.Graph == this && value.Maker is not null && !_outputs.Contains(value) && (name.Length == 0 || value.Name.Length == 0 || value.Name == name);
        OnnxValue output = isOwn ? value : Add("Identity", value.Type, value.Shape, [value]);
        _outputs.Add(output);
        return output;
    }

    /// <summary>Adds a node with one output.</summary>
    /// <param name="operatorType">The operator.</param>
    /// <param name="type">Element type of the output.</param>
    /// <param name="shape">Dimensions of the output, as far as they are known.</param>
    /// <param name="inputs">The inputs; trailing ones that are missing are dropped.</param>
    /// <param name="attributes">The attributes.</param>
    public OnnxValue Add(string operatorType, OnnxTensorType type, IReadOnlyList<long>? shape, OnnxValue?[] inputs, params AttributeProto[] attributes)
    {
        var output = new OnnxValue(type, shape);
        AddNode(operatorType, inputs, [output], attributes, []);
        return output;
    }

    /// <summary>Adds a node with outputs that the caller made.</summary>
    public void AddNode(
        string operatorType,
        IReadOnlyList<OnnxValue?> inputs,
        IReadOnlyList<OnnxValue?> outputs,
        IReadOnlyList<AttributeProto> attributes,
        IReadOnlyList<KeyValuePair<string, GraphBuilder>> subgraphs)
    {
        int count = inputs.Count;
        while (count > 0 && inputs[count - 1] is null)
        {
            count--;
        }

        var node = new OnnxNode(operatorType, inputs.Take(count).ToArray(), outputs, attributes, subgraphs, Origin);
        foreach (OnnxValue? output in outputs)
        {
            if (output is not null)
            {
                output.Maker = node;
                output.Graph = this;
            }
        }

        _nodes.Add(node);
    }
}
