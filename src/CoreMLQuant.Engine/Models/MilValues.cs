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
        foreach (Model stage in PipelineStages.AllModels(model).Where(stage => stage.TypeCase == Model.TypeOneofCase.MlProgram))
        {
            Collect(stage.MlProgram.Attributes.Values, found);
            foreach (Function function in stage.MlProgram.Functions.Values)
            {
                Collect(function.Attributes.Values, found);
                foreach (Block block in function.BlockSpecializations.Values)
                {
                    Collect(block, found);
                }
            }
        }

        return found.FindAll(value => value.ValueCase == Value.ValueOneofCase.BlobFileValue);
    }

    /// <summary>Every value of an operation itself, those of its blocks left out.</summary>
    public static IReadOnlyList<Value> Own(Operation operation)
    {
        var found = new List<Value>();
        Collect(operation, found);
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

    private static void Collect(Block block, List<Value> found)
    {
        Collect(block.Attributes.Values, found);
        foreach (Operation operation in block.Operations)
        {
            Collect(operation, found);
            foreach (Block inner in operation.Blocks)
            {
                Collect(inner, found);
            }
        }
    }

    private static void Collect(Operation operation, List<Value> found)
    {
        Collect(operation.Attributes.Values, found);
        foreach (KeyValuePair<string, Argument> input in operation.Inputs)
        {
            foreach (Argument.Types.Binding binding in input.Value.Arguments)
            {
                if (binding.BindingCase == Argument.Types.Binding.BindingOneofCase.Value)
                {
                    Collect(binding.Value, found);
                }
            }
        }
    }

    private static void Collect(IEnumerable<Value> values, List<Value> found)
    {
        foreach (Value value in values)
        {
            Collect(value, found);
        }
    }

    private static void Collect(Value value, List<Value> found)
    {
        found.Add(value);
        switch (value.ImmediateValue?.ValueCase)
        {
            case Value.Types.ImmediateValue.ValueOneofCase.Tuple:
                Collect(value.ImmediateValue.Tuple.Values, found);
                break;
            case Value.Types.ImmediateValue.ValueOneofCase.List:
                Collect(value.ImmediateValue.List.Values, found);
                break;
            case Value.Types.ImmediateValue.ValueOneofCase.Dictionary:
                // A damaged file may hold half a pair.
                Collect(value.ImmediateValue.Dictionary.Values.Select(pair => pair.Key).OfType<Value>(), found);
                Collect(value.ImmediateValue.Dictionary.Values.Select(pair => pair.Value).OfType<Value>(), found);
                break;
        }
    }
}
