using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using CoreMLQuant.Coding;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Mil.Signatures;
using CoreMLQuant.Planning;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;
using CoreMLQuant.WeightBlobs;
using Google.Protobuf;

namespace CoreMLQuant.Mil.Float16;

/// <summary>Makes FP32 constants FP16, where they stand: a blob stays a blob, an immediate stays an immediate.</summary>
internal sealed class ConstantConverter(PlanBuilder builder, TensorCatalog tensors, Float16Types types)
{
    /// <summary>Below this number of values, none becomes 0: these are epsilons and the like. (coremltools' own bound.)</summary>
    public const int KeepNonZeroBelow = 400;

    /// <summary>Makes a tensor value FP16.</summary>
    /// <returns>What measures the error; <see langword="null"/> when the value was not FP32.</returns>
    public IMeasuredPart? Convert(Value value, string location)
    {
        if (tensors.Find(value, location) is not { ElementType: ElementType.Float32, Data: { } source } tensor)
        {
            return null;
        }

        tensors.Forget(value);
        value.Type = types.Of(value.Type);
        bool keepNonZero = tensor.ElementCount < KeepNonZeroBelow;
        if (tensor.File is not null)
        {
            PlannedBlob blob = builder.BlobPlan(value.BlobFileValue.FileName).Replace(
                tensor.RecordOffset,
                "float16",
                () => new PlannedBlob(BlobDataType.Float16, 0, ValuesPart.Float16(source, keepNonZero)));
            builder.Refer(value, blob);
            return (ValuesPart)blob.Data;
        }

        (ByteString bytes, IMeasuredPart part) = source is MemoryData
            ? Now(source, keepNonZero)
            : Later(ValuesPart.Float16(source, keepNonZero));
        value.ImmediateValue.Tensor = new TensorValue { Bytes = new TensorValue.Types.RepeatedBytes { Values = bytes } };
        return part;
    }

    /// <summary>Makes a compressed constant give FP16: its lookup table, scale or non-zero data become FP16.</summary>
    /// <returns>What measures the error of the first of them; <see langword="null"/> when there was nothing to convert.</returns>
    public IMeasuredPart? ConvertParts(Operation operation, int opset)
    {
        if (operation.Type == "constexpr_cast")
        {
            TurnIntoConst(operation);
            return null;
        }

        OperationSignature? signature = OperationSignatures.Find(operation.Type, opset);
        IMeasuredPart?[] parts = operation.Attributes
            .Concat(operation.Inputs
                .Where(input => input.Value.Arguments.Count == 1 && input.Value.Arguments[0].Value is not null)
                .Select(input => new KeyValuePair<string, Value>(input.Key, input.Value.Arguments[0].Value)))
            .Where(parameter => MilTypes.IsFloat32(parameter.Value.Type) && signature?.Parameter(parameter.Key) is { AdmitsFloat16: true })
            .Select(parameter => Convert(parameter.Value, operation.Outputs[0].Name))
            .ToArray();
        return parts.FirstOrDefault(part => part is not null);
    }

    /// <summary>FP16 that is widened when the model is loaded is, for users that take FP16, a plain constant.</summary>
    private static void TurnIntoConst(Operation operation)
    {
        Value source = operation.Attributes.TryGetValue("source_val", out Value? attribute)
            ? attribute
            : operation.Inputs["source_val"].Arguments[0].Value;
        PlainConstant.Turn(operation, source);
    }

    private (ByteString Bytes, IMeasuredPart Part) Later(ValuesPart part) => (builder.Payloads.Attach(part), part);

    private static (ByteString Bytes, IMeasuredPart Part) Now(WeightData source, bool keepNonZero)
    {
        byte[] singles = source.ToArray();
        byte[] halves = new byte[singles.Length / 2];
        var meter = new ErrorMeter();
        Float16Kernel.EncodeScalar(MemoryMarshal.Cast<byte, float>(singles), MemoryMarshal.Cast<byte, ushort>(halves.AsSpan()), keepNonZero, meter);
        return (UnsafeByteOperations.UnsafeWrap(halves), new Measured(ErrorMeter.Total([meter])));
    }

    private sealed class Measured(WeightError error) : IMeasuredPart
    {
        public WeightError Error => error;

        public LayerError? LayerError => null;

        public string Remark => string.Empty;
    }
}
