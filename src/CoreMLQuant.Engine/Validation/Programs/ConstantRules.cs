using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Decoding;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Interfaces;

namespace CoreMLQuant.Validation.Programs;

/// <summary>Rules for stored values, plain and compressed: they are there, they are what their types say, and they decode.</summary>
internal sealed class ConstantRules(TensorCatalog tensors, PipelineStage stage, FindingList findings, StoredFloats floats)
{
    private const int SubByteOpset = 8;
    private const string Scale = "scale";

    // The values of one operation after the other.
    private readonly List<Value> _own = [];

    /// <summary>Checks the values of an operation.</summary>
    public void Check(ProgramGraph graph, OperationNode operation, OperationPlace location)
    {
        bool isWhole = true;
        _own.Clear();
        MilValues.AddOwn(operation.Message, _own);
        foreach (Value value in _own)
        {
            isWhole &= CheckStored(value, location);
            if (Platform.OpsetNumber(graph.Opset) < SubByteOpset && MilTypes.ElementTypeOf(value.Type).BitWidth() is > 0 and < 8)
            {
                VersionRules.Need(stage, Platform.SpecificationVersionOf(SubByteOpset), location, $"{MilTypes.ElementTypeOf(value.Type)} in an ML Program", findings);
            }
        }

        if (operation.IsConst)
        {
            CheckConst(operation, location);
        }
        else if (operation.IsConstexpr)
        {
            CheckConstexpr(operation, location, isWhole);
        }
    }

    private bool CheckStored(Value value, OperationPlace location)
    {
        if (!MilValues.IsStored(value))
        {
            findings.Add(ValidationRule.ConstantType, location, "a value has a type and nothing else.");
            return false;
        }

        if (TypeRules.Problem(value.Type) is { } problem)
        {
            findings.Add(ValidationRule.InvalidType, location, problem);
            return false;
        }

        if (value.ImmediateValue?.Tensor is { } tensor && !IsStoredAs(MilTypes.ElementTypeOf(value.Type), tensor.ValueCase))
        {
            findings.Add(ValidationRule.ConstantType, location, $"the values are stored as {tensor.ValueCase}, which {MilTypes.ElementTypeOf(value.Type)} is not.");
            return false;
        }

        int before = findings.Findings.Count;
        TensorData? data = Find(value, location);
        if (findings.Findings.Count > before)
        {
            return false;
        }

        if (data is { Data: null } && CountOf(value.ImmediateValue?.Tensor) is { } count && count != data.ElementCount)
        {
            findings.Add(ValidationRule.ConstantType, location, $"there are {count} values; the type asks for {data.ElementCount}.");
            return false;
        }

        return true;
    }

    private void CheckConst(OperationNode operation, OperationPlace location)
    {
        Value? value = operation.ConstValue;
        ValueNode? output = operation.Outputs.FirstOrDefault();
        if (value is null || output is null)
        {
            findings.Add(ValidationRule.ConstantType, location, "the constant has no value or no output.");
            return;
        }

        ValueType declared = output.Declaration.Type ?? new ValueType(), actual = value.Type ?? new ValueType();
        if (declared.TypeCase != actual.TypeCase
            || MilTypes.ElementTypeOf(declared) != MilTypes.ElementTypeOf(actual)
            || !MilTypes.ShapeOf(declared).SequenceEqual(MilTypes.ShapeOf(actual)))
        {
            findings.Add(ValidationRule.ConstantType, location, $"the constant is declared {Text(declared)}; its value is {Text(actual)}.");
        }

        AddValues(value, output.Uses.Exists(use => use.Consumer.IsConstexpr && use.Parameter == Scale), location);
    }

    private void CheckConstexpr(OperationNode operation, OperationPlace location, bool isWhole)
    {
        if (!ConstexprForms.IsKnown(operation.Type))
        {
            findings.Add(new ConstexprOperands(tensors, operation).Broken("this compression is not known in any opset, so that the weight has no values."));
        }

        foreach (ValueNode output in operation.Outputs)
        {
            if (output.OutputOf.Count > 0)
            {
                findings.Add(ValidationRule.CompressedOutput, location, $"'{output.Name}' is an output of a block; only an operand can be compressed.");
            }

            // What is part of another compressed constant is decoded with it.
            if (isWhole && !MilWeights.IsPart(operation))
            {
                findings.Read(() => WeightDecoder.Decode(tensors, output));
            }
        }

        foreach (KeyValuePair<string, Value> attribute in operation.Message.Attributes)
        {
            AddValues(attribute.Value, attribute.Key == Scale, location);
        }

        foreach (ValueUse use in operation.Inputs.Where(use => use.Value is null && use.Binding.Value is not null))
        {
            AddValues(use.Binding.Value, use.Parameter == Scale, location);
        }
    }

    // Small constants are settings, and infinity may be one.
    private void AddValues(Value value, bool isScale, OperationPlace location)
    {
        if (Find(value, location) is { Data: { } data } tensor && (isScale || tensor.ElementCount >= MilWeights.MinimumElements))
        {
            floats.Add(data, tensor.ElementType, tensor.ElementCount, isScale, location, (data as FileData)?.File.Path ?? tensors.File.Container.SpecificationPath);
        }
    }

    private TensorData? Find(Value value, OperationPlace location)
    {
        try
        {
            return tensors.Find(value, null);
        }
        catch (CoreMLFormatException e)
        {
            findings.Add(e, location);
            return null;
        }
    }

    // Numbers of several widths share a list; text and packed bytes have their own.
    private static bool IsStoredAs(ElementType type, TensorValue.ValueOneofCase form) => type switch
    {
        ElementType.Unknown => true,
        ElementType.String => form == TensorValue.ValueOneofCase.Strings,
        ElementType.Boolean or ElementType.Float32 or ElementType.Float64 or ElementType.Int16 or ElementType.UInt16 or ElementType.Int32 or ElementType.Int64 =>
            form is not (TensorValue.ValueOneofCase.Strings or TensorValue.ValueOneofCase.Bytes),
        _ => form == TensorValue.ValueOneofCase.Bytes,
    };

    private static int? CountOf(TensorValue? tensor) => tensor?.ValueCase switch
    {
        TensorValue.ValueOneofCase.Ints => tensor.Ints.Values.Count,
        TensorValue.ValueOneofCase.LongInts => tensor.LongInts.Values.Count,
        TensorValue.ValueOneofCase.Bools => tensor.Bools.Values.Count,
        TensorValue.ValueOneofCase.Strings => tensor.Strings.Values.Count,
        _ => null,
    };

    private static string Text(ValueType type) => type.TensorType is null
        ? type.TypeCase.ToString()
        : $"{MilTypes.ElementTypeOf(type)} [{string.Join(", ", MilTypes.ShapeOf(type))}]";
}
