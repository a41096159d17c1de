using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Mil.Activations;

/// <summary>Writes what has become of an <see cref="ActivationGraph"/> into the program. Operations, names and values that are there stay.</summary>
internal sealed class PairWriter
{
    private readonly ActivationGraph _graph;
    private readonly OperationInsertion _insertion;
    private readonly UniqueNames _names;
    private readonly Dictionary<ActivationValue, (string Name, ValueType Type)> _written = [];

    private PairWriter(ActivationGraph graph)
    {
        _graph = graph;
        _insertion = new OperationInsertion(graph.Program.Body);
        _names = new UniqueNames(graph.Program);
    }

    /// <summary>Writes the pairs of a body.</summary>
    public static void Write(ActivationGraph graph) => new PairWriter(graph).Write();

    private void Write()
    {
        foreach (ActivationNode node in _graph.Operations.Concat(_graph.Added).OrderBy(node => node.Place))
        {
            if (node.Source is null)
            {
                Add(node);
            }
            else
            {
                Rebind(node);
            }
        }

        _insertion.Flush();
    }

    private void Add(ActivationNode node)
    {
        (string inputName, ValueType inputType) = Of(node.Inputs[0].Value);
        PairParameters parameters = node.Parameters!.Value;
        string name = _names.Make(node.IsQuantize ? $"{inputName}_quantized" : $"{node.Inputs[0].Value.Origin.Name}_dequantized");
        ValueType type = MilTypes.With(inputType, (node.IsQuantize ? parameters.Type : parameters.ScaleType).ToDataType());
        var operation = new Operation
        {
            Type = node.Type,
            Inputs = { ["input"] = ByName(inputName) },
            Outputs = { new NamedValueType { Name = name, Type = type } },
            Attributes = { ["name"] = MilTypes.Text(name) },
        };
        Bind(node, operation, "scale", Scalars.Float(parameters.ScaleType, parameters.Scale));
        if (parameters.ZeroPoint != 0)
        {
            Bind(node, operation, "zero_point", Scalars.Byte(parameters.Type, parameters.ZeroPoint));
        }

        if (node.IsQuantize)
        {
            Bind(node, operation, "output_dtype", MilTypes.Text(MilTypes.Spelling(parameters.Type)));
        }

        Insert(node, operation);
        _written.Add(node.Output, (name, type));
    }

    // A shape of integers has integers behind it.
    private void Rebind(ActivationNode node)
    {
        foreach (ActivationUse input in node.Inputs.Where(input => input.Value.Source is null))
        {
            (string name, ValueType type) = _written[input.Value];
            input.Binding!.Name = name;
            if (input.Value.Maker!.IsQuantize)
            {
                NamedValueType declaration = node.Output.Source!.Declaration;
                declaration.Type = MilTypes.With(declaration.Type, type.TensorType.DataType);
            }
        }
    }

    private (string Name, ValueType Type) Of(ActivationValue value) =>
        value.Source is { } source ? (source.Name, source.Declaration.Type) : _written[value];

    private void Bind(ActivationNode node, Operation operation, string parameter, Value value)
    {
        string name = _names.Make($"{operation.Outputs[0].Name}_{parameter}_0");
        Insert(node, NamedConstant.Of(name, value));
        operation.Inputs[parameter] = ByName(name);
    }

    private void Insert(ActivationNode node, Operation operation)
    {
        Operation beside = _graph.Operations[node.Place.Index].Source!.Message;
        if (node.Place.Side < 0)
        {
            _insertion.Before(beside, operation);
        }
        else
        {
            _insertion.Behind(beside, operation);
        }
    }

    private static Argument ByName(string name) => new() { Arguments = { new Binding { Name = name } } };
}
