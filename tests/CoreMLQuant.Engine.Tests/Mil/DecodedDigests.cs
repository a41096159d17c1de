using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Decoding;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Tests.Mil;

/// <summary>Decodes whole models, and digests values as vectors.json does.</summary>
internal static class DecodedDigests
{
    /// <summary>SHA-256 of the output of every constant, compressed or not, by <c>[stage/]function/name</c>.</summary>
    public static Dictionary<string, string> Outputs(ModelFile model) => Visit(model, (tensors, operation) =>
        from output in operation.Outputs
        let decoded = WeightDecoder.Decode(tensors, output)
        where decoded is not null
        select (output.Name, Of(decoded)));

    /// <summary>SHA-256 of every value that a compressed constant holds itself; coremltools makes constants of them.</summary>
    public static IEnumerable<string> Literals(ModelFile model) => Visit(model, (tensors, operation) =>
        from value in operation.IsConstexpr ? MilValues.Own(operation.Message) : []
        let data = tensors.Find(value, operation.Name)
        let values = data is null ? null : ConstexprOperands.Values(value, data)
        where values is not null
        select ($"{operation.Name}/{values.GetHashCode()}", Of(new DecodedWeight(data.ElementType, [], values)))).Values;

    /// <summary>SHA-256 of decoded values in the bytes of their type, integers below 8 bits in one byte each.</summary>
    public static string Of(DecodedWeight weight)
    {
        float[] values = new float[weight.Values.Count];
        weight.Values.Read(0, values);
        return Convert.ToHexString(SHA256.HashData(values.SelectMany(value => Bytes(weight.ElementType, value)).ToArray())).ToLowerInvariant();
    }

    private static byte[] Bytes(ElementType type, float value)
    {
        byte[] bytes = new byte[Math.Max(8, type.BitWidth()) / 8];
        switch (type)
        {
            case ElementType.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
                break;
            case ElementType.Float16:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, HalfConversion.FromSingleBits(SingleBits.ToBits(value)));
                break;
            case ElementType.Int32:
                BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)value);
                break;
            case ElementType.UInt32:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)value);
                break;
            case ElementType.Int16 or ElementType.UInt16:
                BinaryPrimitives.WriteInt16LittleEndian(bytes, (short)value);
                break;
            default:
                bytes[0] = (byte)(int)value;
                break;
        }

        return bytes;
    }

    private static Dictionary<string, string> Visit(ModelFile model, Func<TensorCatalog, OperationNode, IEnumerable<(string Name, string Digest)>> visit)
    {
        var digests = new Dictionary<string, string>();
        PipelineStage[] stages = PipelineStages.Of(model.Specification).Where(stage => stage.Model.TypeCase == Model.TypeOneofCase.MlProgram).ToArray();
        var tensors = new TensorCatalog(model, model.Payloads);
        for (int i = 0; i < stages.Length; i++)
        {
            foreach (ProgramGraph graph in ProgramGraph.Of(stages[i].Model.MlProgram))
            {
                foreach ((string name, string digest) in graph.Operations.SelectMany(operation => visit(tensors, operation)))
                {
                    digests[$"{(stages.Length > 1 ? $"{i}/" : string.Empty)}{graph.FunctionName}/{name}"] = digest;
                }
            }
        }

        return digests;
    }
}
