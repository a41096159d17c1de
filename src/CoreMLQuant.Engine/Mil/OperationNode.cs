using System;
using System.Collections.Generic;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil;

/// <summary>An operation with its values.</summary>
internal sealed class OperationNode(Operation message, Block block, int number)
{
    /// <summary>Its place in <see cref="ProgramGraph.Operations"/>.</summary>
    public int Number { get; } = number;

    /// <summary>The operation.</summary>
    public Operation Message { get; } = message;

    /// <summary>The block it stands in.</summary>
    public Block Block { get; } = block;

    /// <summary>The operation's type.</summary>
    public string Type => Message.Type;

    /// <summary>The operation's name.</summary>
    public string Name => MilTypes.NameOf(Message);

    /// <summary>Whether it is a constant.</summary>
    public bool IsConst { get; } = message.Type == "const";

    /// <summary>Whether it is a compressed constant.</summary>
    public bool IsConstexpr { get; } = message.Type.StartsWith("constexpr_", StringComparison.Ordinal);

    /// <summary>Its inputs, one for each binding.</summary>
    public List<ValueUse> Inputs { get; } = new(message.InputEntries.Count);

    /// <summary>Its outputs.</summary>
    public List<ValueNode> Outputs { get; } = new(message.Outputs.Count);

    /// <summary>The value of a constant; <see langword="null"/> where it is missing.</summary>
    public Value? ConstValue => Message.Attribute("val");

    /// <summary>Whether something is bound to a parameter, or it is an attribute.</summary>
    public bool Has(string name)
    {
        foreach (ValueUse use in Inputs)
        {
            if (use.Parameter == name)
            {
                return true;
            }
        }

        return Message.HasAttribute(name);
    }

    /// <summary>The value of a parameter that is an attribute, a literal or a constant; otherwise <see langword="null"/>.</summary>
    public Value? Parameter(string name)
    {
        if (Message.Attribute(name) is { } attribute)
        {
            return attribute;
        }

        foreach (ValueUse use in Inputs)
        {
            if (use.Parameter == name)
            {
                return use.Value is null ? use.Binding.Value : use.Value.Maker is { IsConst: true } maker ? maker.ConstValue : null;
            }
        }

        return null;
    }
}
