using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Models;

/// <summary>Finds values wherever an ML Program can hold them: attributes at every level, bindings, lists, tuples, dictionaries.</summary>
internal static class MilValues
{
    /// <summary>Every value in a weight file that a model or one of its stages refers to.</summary>
    public static IReadOnlyList<Value> BlobReferences(Model model)
    {
        var found = new List<Value>();
        Action<Value> collect = value =>
        {
            if (value.ValueCase == Value.ValueOneofCase.BlobFileValue)
            {
                found.Add(value);
            }
        };
        foreach (Model stage in PipelineStages.AllModels(model).Where(stage => stage.TypeCase == Model.TypeOneofCase.MlProgram))
        {
            Visit(stage.MlProgram.Attributes.Values, collect);
            foreach (Function function in stage.MlProgram.Functions.Values)
            {
                Visit(function.Attributes.Values, collect);
                foreach (Block block in function.BlockSpecializations.Values)
                {
                    Visit(block, collect);
                }
            }
        }

        return found;
    }

    /// <summary>Every value of an operation itself, those of its blocks left out.</summary>
    public static IReadOnlyList<Value> Own(Operation operation)
    {
        var found = new List<Value>();
        Visit(operation, found.Add);
        return found;
    }

    /// <summary>Whether a value is stored, or only its type.</summary>
    public static bool IsStored(Value value) => value.ValueCase switch
    {
        Value.ValueOneofCase.BlobFileValue => true,
        Value.ValueOneofCase.ImmediateValue => value.ImmediateValue.ValueCase != Value.Types.ImmediateValue.ValueOneofCase.None
            && value.ImmediateValue.Tensor is null or { ValueCase: not TensorValue.ValueOneofCase.None },
        _ => false,
    };

    private static void Visit(Block block, Action<Value> visit)
    {
        Visit(block.Attributes.Values, visit);
        foreach (Operation operation in block.Operations)
        {
            Visit(operation, visit);
            foreach (Block inner in operation.Blocks)
            {
                Visit(inner, visit);
            }
        }
    }

    private static void Visit(Operation operation, Action<Value> visit)
    {
        foreach (AttributeEntry attribute in operation.AttributeEntries)
        {
            Visit(attribute.Value, visit);
        }

        foreach (InputEntry input in operation.InputEntries)
        {
            // A damaged file may name an input and give nothing for it.
            if (input.Value is { } argument)
            {
                foreach (Argument.Types.Binding binding in argument.Arguments)
                {
                    Visit(binding.Value, visit);
                }
            }
        }
    }

    private static void Visit(IEnumerable<Value?> values, Action<Value> visit)
    {
        foreach (Value? value in values)
        {
            Visit(value, visit);
        }
    }

    // A damaged file may hold half a pair, or an attribute without a value; a binding by name has none.
    private static void Visit(Value? value, Action<Value> visit)
    {
        if (value is null)
        {
            return;
        }

        visit(value);
        switch (value.ImmediateValue?.ValueCase)
        {
            case Value.Types.ImmediateValue.ValueOneofCase.Tuple:
                Visit(value.ImmediateValue.Tuple.Values, visit);
                break;
            case Value.Types.ImmediateValue.ValueOneofCase.List:
                Visit(value.ImmediateValue.List.Values, visit);
                break;
            case Value.Types.ImmediateValue.ValueOneofCase.Dictionary:
                Visit(value.ImmediateValue.Dictionary.Values.Select(pair => pair.Key), visit);
                Visit(value.ImmediateValue.Dictionary.Values.Select(pair => pair.Value), visit);
                break;
        }
    }
}
