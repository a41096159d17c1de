using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil;

/// <summary>Finds values wherever an ML Program can hold them: attributes at every level, bindings, lists, tuples, dictionaries.</summary>
internal static class MilValues
{
    /// <summary>Every value in a weight file that a model or one of its stages refers to.</summary>
    public static IEnumerable<Value> BlobReferences(Model model) => PipelineStages.AllModels(model)
        .Where(stage => stage.TypeCase == Model.TypeOneofCase.MlProgram)
        .SelectMany(stage => Of(stage.MlProgram))
        .Where(value => value.ValueCase == Value.ValueOneofCase.BlobFileValue);

    private static IEnumerable<Value> Of(Program program) => program.Attributes.Values.SelectMany(Nested)
        .Concat(program.Functions.Values.SelectMany(function => function.Attributes.Values.SelectMany(Nested)
            .Concat(function.BlockSpecializations.Values.SelectMany(Of))));

    private static IEnumerable<Value> Of(Block block) => block.Attributes.Values.SelectMany(Nested)
        .Concat(block.Operations.SelectMany(Of));

    /// <summary>Every value of an operation, nested blocks included.</summary>
    public static IEnumerable<Value> Of(Operation operation) => Own(operation).Concat(operation.Blocks.SelectMany(Of));

    /// <summary>Every value of an operation itself.</summary>
    public static IEnumerable<Value> Own(Operation operation) => operation.Attributes.Values.SelectMany(Nested)
        .Concat(operation.Inputs.Values.SelectMany(argument => argument.Arguments)
            .Where(binding => binding.BindingCase == Argument.Types.Binding.BindingOneofCase.Value)
            .SelectMany(binding => Nested(binding.Value)));

    private static IEnumerable<Value> Nested(Value value)
    {
        yield return value;
        IEnumerable<Value> inner = value.ImmediateValue?.ValueCase switch
        {
            Value.Types.ImmediateValue.ValueOneofCase.Tuple => value.ImmediateValue.Tuple.Values,
            Value.Types.ImmediateValue.ValueOneofCase.List => value.ImmediateValue.List.Values,
            Value.Types.ImmediateValue.ValueOneofCase.Dictionary => value.ImmediateValue.Dictionary.Values.SelectMany(pair => new[] { pair.Key, pair.Value }),
            _ => [],
        };
        foreach (Value element in inner.SelectMany(Nested))
        {
            yield return element;
        }
    }
}
