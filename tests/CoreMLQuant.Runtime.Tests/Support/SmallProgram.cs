using System;
using System.IO;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;

namespace CoreMLQuant.Runtime.Tests.Support;

/// <summary>Writes packages whose program takes <c>x</c>, a few integers or floats, and gives <c>y</c>; operations are what a test wants.</summary>
internal sealed class SmallProgram
{
    private const string Opset = "CoreML6";

    private readonly ElementType _type;
    private readonly int _length;

    public SmallProgram(ElementType type, int length) => (_type, _length) = (type, length);

    /// <summary>The operations.</summary>
    public Block Body { get; } = new() { Outputs = { "y" } };

    /// <summary>An operation of one output.</summary>
    public static Operation Operation(string type, string output, ElementType element, long[] shape, params (string Parameter, object Value)[] inputs)
    {
        var operation = new Operation { Type = type, Outputs = { new NamedValueType { Name = output, Type = MilTypes.Tensor(element, shape) } } };
        foreach ((string parameter, object value) in inputs)
        {
            var argument = new Argument();
            argument.Arguments.Add(value is Value literal ? new Argument.Types.Binding { Value = literal } : new Argument.Types.Binding { Name = (string)value });
            operation.Inputs[parameter] = argument;
        }

        return operation;
    }

    /// <summary>A constant of floats.</summary>
    public static Operation Constant(string name, long[] shape, params float[] numbers)
    {
        byte[] bytes = new byte[numbers.Length * sizeof(float)];
        Buffer.BlockCopy(numbers, 0, bytes, 0, bytes.Length);
        Operation constant = Operation("const", name, ElementType.Float32, shape);
        constant.Attributes["name"] = MilTypes.Text(name);
        constant.Attributes["val"] = new Value
        {
            Type = MilTypes.Tensor(ElementType.Float32, shape),
            ImmediateValue = new Value.Types.ImmediateValue { Tensor = new TensorValue { Floats = new TensorValue.Types.RepeatedFloats { Values = ByteString.CopyFrom(bytes) } } },
        };
        return constant;
    }

    /// <summary>Integers.</summary>
    public static Value Integers(params int[] numbers) => new()
    {
        Type = MilTypes.Tensor(ElementType.Int32, [numbers.Length]),
        ImmediateValue = new Value.Types.ImmediateValue { Tensor = new TensorValue { Ints = new TensorValue.Types.RepeatedInts { Values = { numbers } } } },
    };

    /// <summary>An integer.</summary>
    public static Value Integer(int number)
    {
        Value value = Integers(number);
        value.Type = MilTypes.Tensor(ElementType.Int32, []);
        return value;
    }

    /// <summary>A float.</summary>
    public static Value Float(float number) => new()
    {
        Type = MilTypes.Tensor(ElementType.Float32, []),
        ImmediateValue = new Value.Types.ImmediateValue { Tensor = new TensorValue { Floats = new TensorValue.Types.RepeatedFloats { Values = ByteString.CopyFrom(BitConverter.GetBytes(number)) } } },
    };

    /// <summary>A text.</summary>
    public static Value Text(string text) => MilTypes.Text(text);

    /// <summary>A truth value.</summary>
    public static Value Truth(bool value) => new()
    {
        Type = MilTypes.Tensor(ElementType.Boolean, []),
        ImmediateValue = new Value.Types.ImmediateValue { Tensor = new TensorValue { Bools = new TensorValue.Types.RepeatedBools { Values = { value } } } },
    };

    /// <summary>Writes the package and gives its path.</summary>
    public string Write(TestFolder folder, long[] outputShape)
    {
        string package = folder["small.mlpackage"];
        Directory.CreateDirectory(Path.Combine(package, "Data", "com.apple.CoreML"));
        File.Copy(Path.Combine(Repository.Fixture("convnet_iOS15/fp32.mlpackage"), "Manifest.json"), Path.Combine(package, "Manifest.json"));
        Directory.CreateDirectory(Path.Combine(package, "Data", "com.apple.CoreML", "weights"));
        var function = new Function { Opset = Opset, Inputs = { new NamedValueType { Name = "x", Type = MilTypes.Tensor(_type, [_length]) } } };
        function.BlockSpecializations[Opset] = Body;
        var program = new Program { Version = 1 };
        program.Functions["main"] = function;
        var model = new Model { SpecificationVersion = 7, MlProgram = program, Description = new ModelDescription() };
        model.Description.Input.Add(Feature("x", _type, [_length]));
        model.Description.Output.Add(Feature("y", ElementType.Float32, outputShape));
        File.WriteAllBytes(Path.Combine(package, "Data", "com.apple.CoreML", "model.mlmodel"), model.ToByteArray());
        return package;
    }

    private static FeatureDescription Feature(string name, ElementType type, long[] shape) => new()
    {
        Name = name,
        Type = new FeatureType
        {
            MultiArrayType = new ArrayFeatureType { DataType = type == ElementType.Int32 ? ArrayDataType.Int32 : ArrayDataType.Float32, Shape = { shape } },
        },
    };
}
