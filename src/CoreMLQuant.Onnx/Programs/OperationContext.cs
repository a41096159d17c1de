using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Onnx.Programs;

/// <summary>An operation that is being translated: its parameters as tensors or as plain numbers, and the graph that takes its nodes.</summary>
internal sealed class OperationContext(OperationNode node, ProgramScope scope, BlockTranslator blocks)
{
    /// <summary>The operation.</summary>
    public OperationNode Node => node;

    /// <summary>What values are here.</summary>
    public ProgramScope Scope => scope;

    /// <summary>The graph that takes the nodes.</summary>
    public GraphBuilder Graph => scope.Graph;

    /// <summary>Translates the operation's blocks.</summary>
    public BlockTranslator Blocks => blocks;

    /// <summary>Number of the program's opset, 7 for CoreML7.</summary>
    public int ProgramOpset => blocks.ProgramOpset;

    /// <summary>Whether a parameter is given.</summary>
    public bool Has(string name) => node.Message.Attributes.ContainsKey(name) || node.Inputs.Exists(input => input.Parameter == name);

    /// <summary>A parameter as a tensor.</summary>
    /// <exception cref="NotTranslatableException">It is missing or no tensor of numbers.</exception>
    public OnnxValue Input(string name) => Optional(name) ?? throw new NotTranslatableException($"its parameter '{name}' is missing.");

    /// <summary>A parameter as a tensor; <see langword="null"/> when it is missing.</summary>
    public OnnxValue? Optional(string name) => Inputs(name).FirstOrDefault();

    /// <summary>A parameter as a tensor of floats: integers are made some.</summary>
    public OnnxValue Floats(string name) => Graph.Cast(Input(name), OnnxTensorType.Float);

    /// <summary>A parameter as a tensor of indices.</summary>
    public OnnxValue Indices(string name) => Input(name) is { IsFloat: false } integers ? integers : Graph.Cast(Input(name), OnnxTensorType.Int32);

    /// <summary>A parameter as a vector of 64-bit integers, which is what ONNX takes as a shape; several values are joined.</summary>
    public OnnxValue Sizes(string name)
    {
        OnnxValue[] parts = Inputs(name).Select(Graph.AsInt64Vector).ToArray();
        return parts.Length > 0 ? Graph.Concat(parts, 0) : throw new NotTranslatableException($"its parameter '{name}' is missing.");
    }

    /// <summary>Number of dimensions of a tensor.</summary>
    /// <exception cref="NotTranslatableException">It is not known.</exception>
    public int Rank(OnnxValue x) => x.Rank ?? throw new NotTranslatableException("the rank of its input is not known.");

    /// <summary>A parameter that takes several values, as tensors.</summary>
    public IReadOnlyList<OnnxValue> Inputs(string name) => node.Message.Attributes.TryGetValue(name, out Value? attribute)
        ? [blocks.Constants.Literal(attribute, node.Name) ?? throw NotNumbers(name)]
        : node.Inputs.Where(input => input.Parameter == name).Select(Tensor).ToArray();

    /// <summary>The element type that a parameter is declared with.</summary>
    public ElementType TypeOf(string name) => node.Message.Attributes.TryGetValue(name, out Value? attribute)
        ? MilTypes.ElementTypeOf(attribute.Type)
        : MilTypes.ElementTypeOf(node.Inputs.FirstOrDefault(input => input.Parameter == name) is { Consumer: not null } use ? use.Type : null);

    /// <summary>The element type of an output.</summary>
    public ElementType OutputType(int index = 0) => Output(index).ElementType;

    /// <summary>The declared dimensions of an output, -1 where unknown.</summary>
    public IReadOnlyList<long> OutputShape(int index = 0) => MilTypes.ShapeOf(Output(index).Declaration.Type);

    /// <summary>An integer that is known when the model is translated.</summary>
    public long Integer(string name) => Known(name) is [var number] ? number : throw NotNumbers(name);

    /// <summary>An integer, or what it is when it is not given.</summary>
    public long Integer(string name, long otherwise) => Has(name) ? Integer(name) : otherwise;

    /// <summary>A flag, or what it is when it is not given.</summary>
    public bool Flag(string name, bool otherwise) => Has(name) ? Integer(name) != 0 : otherwise;

    /// <summary>Integers that are known when the model is translated.</summary>
    public IReadOnlyList<long> Integers(string name) => Known(name)
        ?? throw new NotTranslatableException($"its parameter '{name}' is {(Has(name) ? "computed while the model runs; it must be a constant" : "missing")}.");

    /// <summary>Integers if they are given and known when the model is translated.</summary>
    public IReadOnlyList<long>? Known(string name)
    {
        ValueUse[] bindings = node.Inputs.Where(input => input.Parameter == name).ToArray();
        if (bindings.Length < 2 && node.Parameter(name) is { } value)
        {
            return blocks.Constants.Integers(value, node.Name);
        }

        if (bindings.Length == 0)
        {
            return null;
        }

        IReadOnlyList<long>?[] known = bindings.Select(binding => Tensor(binding).Known).ToArray();
        return known.All(part => part is not null) ? known.SelectMany(part => part!).ToArray() : null;
    }

    /// <summary>A number that is known when the model is translated.</summary>
    public float Number(string name) => Numbers(name) is [var number] ? number : throw NotNumbers(name);

    /// <summary>A number, or what it is when it is not given.</summary>
    public float Number(string name, float otherwise) => Has(name) ? Number(name) : otherwise;

    /// <summary>Numbers that are known when the model is translated.</summary>
    public IReadOnlyList<float> Numbers(string name) => node.Parameter(name) is { } value && blocks.Constants.Floats(value, node.Name) is { } numbers
        ? numbers
        : throw NotNumbers(name);

    /// <summary>Text, or what it is when it is not given.</summary>
    public string Text(string name, string otherwise) => node.Parameter(name) is { } value
        ? MilTypes.TextOf(value) ?? throw NotNumbers(name)
        : Has(name) ? throw NotNumbers(name) : otherwise;

    private OnnxValue Tensor(ValueUse use) => use.Value is { } value
        ? blocks.Tensor(value, scope)
        : use.Binding.Value is { } literal
            ? blocks.Constants.Literal(literal, node.Name) ?? throw NotNumbers(use.Parameter)
            : throw new NotTranslatableException($"its parameter '{use.Parameter}' is '{use.Binding.Name}', which nothing before it makes.");

    private ValueNode Output(int index) => index < node.Outputs.Count
        ? node.Outputs[index]
        : throw new NotTranslatableException($"it has {node.Outputs.Count} outputs; at least {index + 1} are needed.");

    private NotTranslatableException NotNumbers(string name) => new(Has(name)
        ? $"its parameter '{name}' is not what it must be: a constant of the right type and size."
        : $"its parameter '{name}' is missing.");
}
