using System.Linq;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Compression;

/// <summary>
/// Turns constants into compressed ones where they stand: the operation keeps its name, output and place. Operations
/// that it needs in front of it are collected and put there at the end, all at once.
/// </summary>
/// <param name="graph">The body.</param>
/// <param name="opset">The opset that is written: below CoreML8 parameters are attributes, from then on inputs.</param>
internal sealed class ConstexprWriter(ProgramGraph graph, int opset)
{
    /// <summary>The first opset in which a constexpr's parameters are inputs.</summary>
    public const int FirstOpsetWithInputs = 8;

    private readonly OperationInsertion _insertion = new(graph.Body);
    private UniqueNames? _names;

    /// <summary>The opset that is written.</summary>
    public int Opset => opset;

    /// <summary>Whether parameters are inputs.</summary>
    public bool HasInputs => opset >= FirstOpsetWithInputs;

    /// <summary>Makes an operation another one of the same name and output.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="type">Its new type.</param>
    /// <param name="parameters">Its parameters; those without a value are left out.</param>
    public void Turn(Operation operation, string type, params (string Name, ConstexprArgument? Argument)[] parameters)
    {
        operation.Type = type;
        MilTypes.CompleteOutputTypes(operation);
        operation.Inputs.Clear();
        foreach (string attribute in operation.Attributes.Select(entry => entry.Key).Where(key => key != "name").ToArray())
        {
            operation.Attributes.Remove(attribute);
        }

        Bind(operation, parameters);
    }

    /// <summary>Puts a new operation in front of another one.</summary>
    /// <param name="operation">The one that follows.</param>
    /// <param name="type">Type of the new one.</param>
    /// <param name="outputs">What its outputs are called, behind the other's name, and their types.</param>
    /// <param name="parameters">Its parameters; those without a value are left out.</param>
    /// <returns>The outputs, to be bound.</returns>
    public ConstexprArgument[] Insert(
        Operation operation,
        string type,
        (string Name, ValueType Type)[] outputs,
        params (string Name, ConstexprArgument? Argument)[] parameters)
    {
        _names ??= new UniqueNames(graph);
        var inserted = new Operation { Type = type };
        inserted.Outputs.AddRange(outputs.Select(output => new NamedValueType
        {
            Name = _names.Make($"{operation.Outputs[0].Name}_{output.Name}"),
            Type = output.Type,
        }));
        inserted.Attributes["name"] = MilTypes.Text(inserted.Outputs[0].Name);
        Bind(inserted, parameters);
        _insertion.Before(operation, inserted);
        return inserted.Outputs.Select(output => ConstexprArgument.Of(output.Name)).ToArray();
    }

    /// <summary>Puts a plain constant in front of an operation.</summary>
    /// <param name="operation">The one that follows.</param>
    /// <param name="name">What it is to be called, where that name is free.</param>
    /// <param name="value">Its value.</param>
    /// <returns>What it is called.</returns>
    public string InsertConstant(Operation operation, string name, Value value)
    {
        _names ??= new UniqueNames(graph);
        string unique = _names.Make(name);
        _insertion.Before(operation, NamedConstant.Of(unique, value));
        return unique;
    }

    /// <summary>Puts the new operations where they belong.</summary>
    public void Flush() => _insertion.Flush();

    private void Bind(Operation operation, (string Name, ConstexprArgument? Argument)[] parameters)
    {
        foreach ((string name, ConstexprArgument? argument) in parameters)
        {
            if (argument is { Value: { } value } && !HasInputs)
            {
                operation.Attributes[name] = value;
            }
            else if (argument is not null)
            {
                operation.Inputs[name] = new Argument { Arguments = { argument.ToBinding() } };
            }
        }
    }
}
