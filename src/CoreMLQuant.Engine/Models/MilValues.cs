using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Models;

/// <summary>Finds values wherever an ML Program can hold them: attributes at every level, bindings, lists, tuples, dictionaries.</summary>
internal static class MilValues
{
    /// <summary>Every value in a weight file that a model or one of its stages refers to.</summary>
    public static IReadOnlyList<Value> BlobReferences(Model model) => References(model, areOperationsIncluded: true);

    /// <summary>Those of them that stand in no operation: in attributes of programs, functions and blocks.</summary>
    public static IReadOnlyList<Value> AttributeReferences(Model model) => References(model, areOperationsIncluded: false);

    private static List<Value> References(Model model, bool areOperationsIncluded)
    {
        var collector = new Collector([], AreOnlyReferences: true);
        foreach (Model stage in PipelineStages.AllModels(model).Where(stage => stage.TypeCase == Model.TypeOneofCase.MlProgram))
        {
            Visit(stage.MlProgram.Attributes.Values, collector);
            foreach (Function function in stage.MlProgram.Functions.Values)
            {
                Visit(function.Attributes.Values, collector);
                foreach (Block block in function.BlockSpecializations.Values)
                {
                    Visit(block, areOperationsIncluded, collector);
                }
            }
        }

        return collector.Found;
    }

    /// <summary>Every value of an operation itself, those of its blocks left out.</summary>
    public static IReadOnlyList<Value> Own(Operation operation)
    {
        var found = new List<Value>();
        AddOwn(operation, found);
        return found;
    }

    /// <summary>Adds every value of an operation itself, those of its blocks left out, to a list.</summary>
    public static void AddOwn(Operation operation, List<Value> found) => Visit(operation, new Collector(found, AreOnlyReferences: false));

    /// <summary>Whether a value is stored, or only its type.</summary>
    public static bool IsStored(Value value) => value.ValueCase switch
    {
        Value.ValueOneofCase.BlobFileValue => true,
        Value.ValueOneofCase.ImmediateValue => value.ImmediateValue.ValueCase != Value.Types.ImmediateValue.ValueOneofCase.None
            && value.ImmediateValue.Tensor is null or { ValueCase: not TensorValue.ValueOneofCase.None },
        _ => false,
    };

    private static void Visit(Block block, bool areOperationsIncluded, Collector collector)
    {
        Visit(block.Attributes.Values, collector);
        foreach (Operation operation in block.Operations)
        {
            if (areOperationsIncluded)
            {
                Visit(operation, collector);
            }

            for (int i = 0; i < operation.Blocks.Count; i++)
            {
                Visit(operation.Blocks[i], areOperationsIncluded, collector);
            }
        }
    }

    // By index: the enumerator of a list of messages is an object, and there are several lists in each of thousands of operations.
    private static void Visit(Operation operation, Collector collector)
    {
        for (int i = 0; i < operation.AttributeEntries.Count; i++)
        {
            Visit(operation.AttributeEntries[i].Value, collector);
        }

        for (int i = 0; i < operation.InputEntries.Count; i++)
        {
            // A damaged file may name an input and give nothing for it.
            for (int j = 0; operation.InputEntries[i].Value is { } argument && j < argument.Arguments.Count; j++)
            {
                Visit(argument.Arguments[j].Value, collector);
            }
        }
    }

    private static void Visit(IEnumerable<Value?> values, Collector collector)
    {
        foreach (Value? value in values)
        {
            Visit(value, collector);
        }
    }

    // A damaged file may hold half a pair, or an attribute without a value; a binding by name has none.
    private static void Visit(Value? value, Collector collector)
    {
        if (value is null)
        {
            return;
        }

        collector.Add(value);
        switch (value.ImmediateValue?.ValueCase)
        {
            case Value.Types.ImmediateValue.ValueOneofCase.Tuple:
                Visit(value.ImmediateValue.Tuple.Values, collector);
                break;
            case Value.Types.ImmediateValue.ValueOneofCase.List:
                Visit(value.ImmediateValue.List.Values, collector);
                break;
            case Value.Types.ImmediateValue.ValueOneofCase.Dictionary:
                Visit(value.ImmediateValue.Dictionary.Values.Select(pair => pair.Key), collector);
                Visit(value.ImmediateValue.Dictionary.Values.Select(pair => pair.Value), collector);
                break;
        }
    }

    private readonly record struct Collector(List<Value> Found, bool AreOnlyReferences)
    {
        public void Add(Value value)
        {
            if (!AreOnlyReferences || value.ValueCase == Value.ValueOneofCase.BlobFileValue)
            {
                Found.Add(value);
            }
        }
    }
}
