using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Errors;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.Mil.Decoding;

/// <summary>
/// The values of constants, plain ones and compressed ones in any nest, as their users see them: in FP32, rounded to the
/// type that the operation gives. Decoding checks the parameters and counts masks; values are read when they are asked for.
/// </summary>
internal sealed class WeightDecoder
{
    // Formats nest three deep; the bound keeps a chain of millions from ending the process.
    private const int MaxDepth = 32;

    private readonly TensorCatalog _tensors;
    private readonly Dictionary<OperationNode, DecodedWeight> _dense = [];
    private readonly Dictionary<OperationNode, (BitMask Mask, DecodedWeight Dense)> _sparse = [];
    private int _depth;

    private WeightDecoder(TensorCatalog tensors) => _tensors = tensors;

    /// <summary>The values that an operation's first output gives its users.</summary>
    /// <returns><see langword="null"/> when the operation is no constant of numbers, or a compression that is not known.</returns>
    /// <exception cref="CoreMLFormatException">Parameters are missing or contradict each other.</exception>
    public static TensorValues? Of(TensorCatalog tensors, OperationNode operation) =>
        operation.Outputs.Count > 0 ? Decode(tensors, operation.Outputs[0])?.Values : null;

    /// <summary>A value with the parts that it is made of.</summary>
    /// <param name="tensors">The program's tensors.</param>
    /// <param name="value">An output of a constant.</param>
    /// <returns><see langword="null"/> when the value is no constant of numbers, or made by a compression that is not known.</returns>
    /// <exception cref="CoreMLFormatException">Parameters are missing or contradict each other.</exception>
    public static DecodedWeight? Decode(TensorCatalog tensors, ValueNode value) => value.Maker switch
    {
        { IsConst: true, ConstValue: { } stored } => tensors.Find(stored, value.Name) is { } data && ConstexprOperands.Values(stored, data) is { } values
            ? new DecodedWeight(data.ElementType, MilTypes.ShapeOf(stored.Type), values)
            : null,
        { IsConstexpr: true } maker when ConstexprForms.IsKnown(maker.Type) => new WeightDecoder(tensors).Made(value),
        _ => null,
    };

    /// <summary>The values of a parameter.</summary>
    public TensorValues Values(ConstexprOperands parameters, Operand operand)
    {
        if (operand.Made is not { } made)
        {
            return parameters.StoredValues(operand);
        }

        if (!ConstexprForms.IsKnown(made.Maker!.Type))
        {
            throw parameters.Broken($"'{operand.Name}' comes from '{made.Maker.Type}', which is not known.");
        }

        return Made(made).Values;
    }

    /// <summary>What a compressed constant that gives a mask and the stored values decodes to, where its values stand.</summary>
    public (BitMask Mask, DecodedWeight Dense) Sparse(OperationNode operation) => Once(_sparse, operation, SparseForms.Decode);

    private DecodedWeight Made(ValueNode value)
    {
        OperationNode operation = value.Maker!;
        DecodedWeight decoded = SparseForms.IsSparse(operation.Type)
            ? SparseForms.Output(Sparse(operation), operation.Outputs.IndexOf(value))
            : Once(_dense, operation, ConstexprForms.Decode);
        if (decoded.ElementType != value.ElementType || !decoded.Shape.SequenceEqual(MilTypes.ShapeOf(value.Declaration.Type)))
        {
            throw new ConstexprOperands(_tensors, operation).Broken(
                $"the parameters produce {decoded.ElementType} {ConstexprOperands.Text(decoded.Shape)}, but the output '{value.Name}' is declared as "
                + $"{value.ElementType} {ConstexprOperands.Text(MilTypes.ShapeOf(value.Declaration.Type))}.");
        }

        return decoded;
    }

    private T Once<T>(Dictionary<OperationNode, T> known, OperationNode operation, Func<WeightDecoder, ConstexprOperands, T> decode)
    {
        if (known.TryGetValue(operation, out T? decoded))
        {
            return decoded;
        }

        var parameters = new ConstexprOperands(_tensors, operation);
        if (++_depth > MaxDepth)
        {
            throw parameters.Broken($"compressed constants are nested more than {MaxDepth} levels deep.");
        }

        try
        {
            decoded = decode(this, parameters);
        }
        catch (OverflowException)
        {
            throw parameters.Broken("the sizes of the parameters exceed what a file can contain.");
        }

        _depth--;
        known.Add(operation, decoded);
        return decoded;
    }
}
