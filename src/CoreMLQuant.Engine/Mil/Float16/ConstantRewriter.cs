using CoreMLQuant.Coding;
using CoreMLQuant.Errors;
using CoreMLQuant.Planning;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Float16;

/// <summary>Makes constants, plain and compressed, FP16 where that is wanted; one that is wanted in both precisions gets a twin.</summary>
internal sealed class ConstantRewriter(
    PlanBuilder builder,
    ProgramGraph graph,
    ConstantConverter converter,
    Float16Types types,
    ValueDemands demands,
    UniqueNames names,
    PrecisionNames current,
    int opset)
{
    private readonly ValueTable<Conversion> _converted = new(graph);

    /// <summary>What became of a constant; <see langword="null"/> when it did not become FP16.</summary>
    public Conversion? ConversionOf(ValueNode constant) => _converted[constant];

    /// <summary>Makes a literal FP16; returns whether it was FP32.</summary>
    public bool RewriteLiteral(Value value, string location) => converter.Convert(value, location) is not null;

    /// <summary>Rewrites a constant and adds it, or it and its twin, to a block.</summary>
    public void Rewrite(OperationNode node, Block block)
    {
        foreach (ValueNode output in node.Outputs)
        {
            current.Set(output, output.Name, output.Name);
        }

        bool isHalved = false, staysAsWell = false;
        foreach (ValueNode output in node.Outputs)
        {
            if (demands.For(output) is { Wants16: true } demand)
            {
                isHalved = true;
                staysAsWell |= demand.Wants32;
            }
        }

        Operation half = staysAsWell ? Twin(node) : node.Message;
        if (!isHalved || staysAsWell)
        {
            Rebind(node, node.Message, use16: false);
            block.Operations.Add(node.Message);
        }

        if (isHalved)
        {
            Halve(node, half);
            block.Operations.Add(half);
        }
    }

    private void Halve(OperationNode node, Operation operation)
    {
        builder.Changed = true;
        Rebind(node, operation, use16: true);
        IMeasuredPart? measure = node.IsConst
            ? converter.Convert(operation.Attribute("val") ?? throw WithoutValue(node), node.Name)
            : converter.ConvertParts(operation, opset);
        for (int i = 0; i < operation.Outputs.Count; i++)
        {
            if (MilTypes.IsFloat32(operation.Outputs[i].Type))
            {
                operation.Outputs[i].Type = types.Of(operation.Outputs[i].Type);
            }
        }

        foreach (ValueNode output in node.Outputs)
        {
            if (demands.For(output) is { Wants16: true })
            {
                _converted[output] = new Conversion(measure);
            }
        }
    }

    private CoreMLFormatException WithoutValue(OperationNode node) => new(
        FormatRule.InvalidOperation,
        builder.Source.Container.SpecificationPath,
        "the constant has no value.",
        "The file is damaged. Copy the model again.",
        location: $"const '{node.Name}'");

    private Operation Twin(OperationNode node)
    {
        Operation twin = node.Message.Clone();
        for (int i = 0; i < twin.Outputs.Count; i++)
        {
            string name = names.Make(twin.Outputs[i].Name + "_to_fp16");
            twin.Outputs[i].Name = name;
            current.Set(node.Outputs[i], name, node.Outputs[i].Name);
        }

        twin.Attributes["name"] = MilTypes.Text(twin.Outputs[0].Name);
        return twin;
    }

    /// <summary>Points the inputs of a compressed constant, which are compressed constants themselves, at the right twin.</summary>
    private void Rebind(OperationNode node, Operation message, bool use16)
    {
        foreach (ValueUse input in node.Inputs)
        {
            if (input.Value is not null)
            {
                // A constant's parameter has one binding each, so the parameter's name finds the clone's.
                message.Inputs[input.Parameter].Arguments[0].Name = current.Of(input.Value, use16);
            }
        }
    }
}

/// <summary>A constant that became FP16.</summary>
/// <param name="Part">What measures its error; <see langword="null"/> when nothing had to be converted.</param>
internal sealed record Conversion(IMeasuredPart? Part);
