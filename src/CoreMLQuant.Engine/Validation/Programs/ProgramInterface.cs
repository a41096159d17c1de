using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;

namespace CoreMLQuant.Validation.Programs;

/// <summary>What a model's description says of functions, inputs and outputs must be what its program has.</summary>
internal static class ProgramInterface
{
    private const string OnlyFunction = "main";

    /// <summary>Checks a stage.</summary>
    public static void Check(PipelineStage stage, FindingList findings)
    {
        ModelDescription description = stage.Model.Description ?? new ModelDescription();
        Program program = stage.Model.MlProgram;
        if (description.Functions.Count == 0)
        {
            Check(stage, program, OnlyFunction, description.Input.Concat(description.State), description.Output, findings);
            return;
        }

        foreach (FunctionDescription function in description.Functions)
        {
            Check(stage, program, function.Name, function.Input.Concat(function.State), function.Output, findings);
        }

        foreach (string name in program.Functions.Keys.Where(name => description.Functions.All(function => function.Name != name)))
        {
            findings.Add(ValidationRule.InterfaceMismatch, new Place(stage.Name, name).Of(), "the function is not described.");
        }
    }

    private static void Check(
        PipelineStage stage, Program program, string name, IEnumerable<FeatureDescription> described, IReadOnlyList<FeatureDescription> outputs, FindingList findings)
    {
        var place = new Place(stage.Name, name);
        if (!program.Functions.TryGetValue(name, out Function? function))
        {
            findings.Add(ValidationRule.InterfaceMismatch, place.Of(), $"the program has no such function{Suggestion.For(name, program.Functions.Keys)}");
            return;
        }

        FeatureDescription[] inputs = described.ToArray();
        foreach (FeatureDescription input in inputs)
        {
            CheckType(input, function.Inputs.FirstOrDefault(value => value.Name == input.Name)?.Type, function.Inputs.Select(value => value.Name), place.Of("input", input.Name), findings);
        }

        foreach (NamedValueType input in function.Inputs.Where(value => inputs.All(input => input.Name != value.Name)))
        {
            findings.Add(ValidationRule.InterfaceMismatch, place.Of("input", input.Name), "the program's input is not described.");
        }

        foreach (Block body in function.BlockSpecializations.Values)
        {
            foreach (FeatureDescription output in outputs)
            {
                // Types of outputs stand where the outputs are made.
                ValueType? made = body.Outputs.Contains(output.Name) ? TypeOf(function, body, output.Name) : null;
                CheckType(output, made, body.Outputs, place.Of("output", output.Name), findings);
            }
        }
    }

    private static ValueType TypeOf(Function function, Block body, string name)
    {
        foreach (Operation operation in body.Operations)
        {
            for (int i = 0; i < operation.Outputs.Count; i++)
            {
                if (operation.Outputs[i].Name == name)
                {
                    return operation.Outputs[i].Type ?? new ValueType();
                }
            }
        }

        return function.Inputs.FirstOrDefault(value => value.Name == name)?.Type ?? new ValueType();
    }

    private static void CheckType(FeatureDescription feature, ValueType? type, IEnumerable<string> names, string location, FindingList findings)
    {
        if (type is null)
        {
            findings.Add(ValidationRule.InterfaceMismatch, location, $"the program has nothing of this name{Suggestion.For(feature.Name, names)}");
            return;
        }

        ElementType described = (feature.Type?.MultiArrayType ?? feature.Type?.StateType?.ArrayType)?.DataType switch
        {
            ArrayDataType.Float32 => ElementType.Float32,
            ArrayDataType.Float16 => ElementType.Float16,
            ArrayDataType.Int32 => ElementType.Int32,
            ArrayDataType.Int8 => ElementType.Int8,
            _ => ElementType.Unknown,
        };
        ElementType actual = MilTypes.ElementTypeOf(type.StateType?.WrappedType ?? type);
        if (described != ElementType.Unknown && actual != ElementType.Unknown && described != actual)
        {
            findings.Add(ValidationRule.InterfaceMismatch, location, $"it is described as {described}; the program's is {actual}.");
        }
    }
}
