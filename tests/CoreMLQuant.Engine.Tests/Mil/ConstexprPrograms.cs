using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Decoding;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;
using Google.Protobuf;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;

namespace CoreMLQuant.Tests.Mil;

/// <summary>Compressed constants made by hand, and what they decode to.</summary>
internal static class ConstexprPrograms
{
    /// <summary>A tensor literal in the form in which coremltools writes its type.</summary>
    public static Value Tensor(DataType type, long[] shape, params double[] values)
    {
        var tensor = new TensorValue();
        switch (type)
        {
            case DataType.Float32:
                tensor.Floats = new TensorValue.Types.RepeatedFloats { Values = ByteString.CopyFrom(values.SelectMany(value => BitConverter.GetBytes((float)value)).ToArray()) };
                break;
            case DataType.Int32:
                tensor.Ints = new TensorValue.Types.RepeatedInts { Values = { values.Select(value => (int)value) } };
                break;
            default:
                tensor.Bytes = new TensorValue.Types.RepeatedBytes { Values = ByteString.CopyFrom(Bytes(type, values)) };
                break;
        }

        return new Value { Type = MilModelBuilder.Tensor(type, shape), ImmediateValue = new Value.Types.ImmediateValue { Tensor = tensor } };
    }

    /// <summary>A compressed constant; a parameter is a literal or the name of a value.</summary>
    public static Operation Constexpr(string type, (string Name, DataType Type, long[] Shape)[] outputs, params (string Name, object Parameter)[] parameters)
    {
        var operation = new Operation
        {
            Type = "constexpr_" + type,
            Outputs = { outputs.Select(output => new NamedValueType { Name = output.Name, Type = MilModelBuilder.Tensor(output.Type, output.Shape) }) },
            Attributes = { ["name"] = MilTypes.Text(outputs[0].Name) },
        };
        foreach ((string name, object parameter) in parameters)
        {
            operation.Inputs[name] = new Argument { Arguments = { parameter is Value value ? new Binding { Value = value } : new Binding { Name = (string)parameter } } };
        }

        return operation;
    }

    /// <summary>The same with parameters as attributes, as up to CoreML7.</summary>
    public static Operation WithAttributes(string type, (string Name, DataType Type, long[] Shape) output, params (string Name, Value Value)[] parameters)
    {
        Operation operation = Constexpr(type, [output]);
        foreach ((string name, Value value) in parameters)
        {
            operation.Attributes[name] = value;
        }

        return operation;
    }

    /// <summary>The values of a program's value.</summary>
    public static float[] Decode(string name, params Operation[] operations)
    {
        var builder = new MilModelBuilder(8);
        builder.Body.Operations.AddRange(operations);
        using var scratch = new ScratchFolder();
        using ModelFile model = ModelFile.Open(builder.Write(scratch));
        ProgramGraph graph = ProgramGraph.Of(model.Specification.MlProgram).Single();
        TensorValues values = WeightDecoder.Decode(new TensorCatalog(model, model.Payloads), graph.Values.Single(value => value.Name == name))!.Values;
        float[] read = new float[values.Count];
        values.Read(0, read);

        // Any range gives what the whole gives.
        for (int start = 0; start < read.Length; start++)
        {
            float[] range = new float[Math.Min(5, read.Length - start)];
            values.Read(start, range);
            Xunit.Assert.Equal(read.Skip(start).Take(range.Length), range);
        }

        return read;
    }

    private static byte[] Bytes(DataType type, IReadOnlyList<double> values)
    {
        ElementType element = type.ToElementType();
        int bits = element.BitWidth();
        if (element == ElementType.Float16)
        {
            return values.SelectMany(value => BitConverter.GetBytes((Half)value)).ToArray();
        }

        if (bits > 8)
        {
            return values.SelectMany(value => BitConverter.GetBytes((long)value).Take(bits / 8)).ToArray();
        }

        byte[] packed = new byte[SubBytePacking.PackedLength(values.Count, bits)];
        SubBytePacking.Pack(values.Select(value => (byte)(int)value).ToArray(), bits, packed);
        return packed;
    }
}
