using System.Collections.Generic;
using CoreMLQuant.Elements;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil;

/// <summary>A value: an input of a function or block, or an output of an operation.</summary>
internal sealed class ValueNode(NamedValueType declaration, OperationNode? maker, Block block, int number)
{
    // Hardly any value is one.
    private List<Block>? _outputOf;

    /// <summary>Its place in <see cref="ProgramGraph.Values"/>.</summary>
    public int Number { get; } = number;

    /// <summary>Name and type as declared.</summary>
    public NamedValueType Declaration { get; } = declaration;

    /// <summary>The operation that makes it; <see langword="null"/> for an input.</summary>
    public OperationNode? Maker { get; } = maker;

    /// <summary>The block it is made in.</summary>
    public Block Block { get; } = block;

    /// <summary>The value's name.</summary>
    public string Name => Declaration.Name;

    /// <summary>Its element type; unknown for what is no tensor.</summary>
    public ElementType ElementType => MilTypes.ElementTypeOf(Declaration.Type);

    /// <summary>Who uses it, in program order.</summary>
    public List<ValueUse> Uses { get; } = new(1);

    /// <summary>The blocks that give it out.</summary>
    public IReadOnlyList<Block> OutputOf => _outputOf ?? (IReadOnlyList<Block>)[];

    /// <summary>Notes that a block gives it out.</summary>
    public void AddOutputOf(Block block) => (_outputOf ??= []).Add(block);

    /// <summary>Makes everything that uses the value use another name. The declaration keeps its own.</summary>
    public void Redirect(string name)
    {
        foreach (ValueUse use in Uses)
        {
            use.Binding.Name = name;
        }

        foreach (Block block in OutputOf)
        {
            for (int i = 0; i < block.Outputs.Count; i++)
            {
                block.Outputs[i] = block.Outputs[i] == Name ? name : block.Outputs[i];
            }
        }
    }
}
