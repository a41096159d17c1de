using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Tests.Mil;

/// <summary>Small ML Programs for one rule each: inputs and operations over vectors of one length, constants as immediates.</summary>
internal sealed class MilModelBuilder(int opset, int length = MilModelBuilder.DefaultLength)
{
    private const int DefaultLength = 4;

    private readonly Function _function = new() { Opset = Platform.OpsetName(opset) };
    private readonly ModelDescription _description = new();
    private readonly Block _body = new();

    /// <summary>The block that operations are added to.</summary>
    public Block Body => _body;

    public MilModelBuilder Input(string name, DataType type = DataType.Float32)
    {
        _function.Inputs.Add(new NamedValueType { Name = name, Type = Tensor(type, length) });
        _description.Input.Add(Feature(name, type));
        return this;
    }

    public MilModelBuilder Const(string name, params float[] values)
    {
        var value = new Value
        {
            Type = values.Length == 1 ? Tensor(DataType.Float32) : Tensor(DataType.Float32, values.Length),
            ImmediateValue = new Value.Types.ImmediateValue
            {
                Tensor = new TensorValue
                {
                    Floats = new TensorValue.Types.RepeatedFloats { Values = ByteString.CopyFrom(values.SelectMany(BitConverter.GetBytes).ToArray()) },
                },
            },
        };
        return Const(name, value);
    }

    public MilModelBuilder Text(string name, string text) => Const(name, MilTypes.Text(text));

    public MilModelBuilder Const(string name, Value value)
    {
        _body.Operations.Add(new Operation
        {
            Type = "const",
            Outputs = { new NamedValueType { Name = name, Type = value.Type.Clone() } },
            Attributes = { ["name"] = MilTypes.Text(name), ["val"] = value },
        });
        return this;
    }

    public MilModelBuilder Op(string type, string output, DataType outputType, params (string Parameter, string Value)[] inputs)
    {
        _body.Operations.Add(Operation(type, output, outputType, length, inputs));
        return this;
    }

    public MilModelBuilder Op(string type, string output, params (string Parameter, string Value)[] inputs) => Op(type, output, DataType.Float32, inputs);

    public MilModelBuilder Output(string name, DataType type = DataType.Float32)
    {
        _body.Outputs.Add(name);
        _description.Output.Add(Feature(name, type));
        return this;
    }

    /// <summary>Writes the model as a package without weights.</summary>
    public string Write(ScratchFolder scratch, string name = "model.mlpackage")
    {
        var function = _function.Clone();
        function.BlockSpecializations.Add(_function.Opset, _body);
        var model = new Model
        {
            SpecificationVersion = Platform.SpecificationVersionOf(opset),
            Description = _description,
            MlProgram = new Program { Version = 1, Functions = { ["main"] = function } },
        };
        string package = scratch.Combine(name);
        Directory.CreateDirectory(Path.Combine(package, "Data", "com.apple.CoreML"));
        File.WriteAllBytes(Path.Combine(package, "Data", "com.apple.CoreML", "model.mlmodel"), model.ToByteArray());
        File.WriteAllText(
            Path.Combine(package, "Manifest.json"),
            """{"fileFormatVersion":"1.0.0","rootModelIdentifier":"r","itemInfoEntries":{"r":{"path":"com.apple.CoreML/model.mlmodel","name":"model.mlmodel","author":"com.apple.CoreML","description":"d"}}}""");
        return package;
    }

    public static Operation Operation(string type, string output, DataType outputType, params (string Parameter, string Value)[] inputs) =>
        Operation(type, output, outputType, DefaultLength, inputs);

    private static Operation Operation(string type, string output, DataType outputType, int length, (string Parameter, string Value)[] inputs)
    {
        var operation = new Operation
        {
            Type = type,
            Outputs = { new NamedValueType { Name = output, Type = Tensor(outputType, length) } },
            Attributes = { ["name"] = MilTypes.Text(output) },
        };
        foreach ((string parameter, string value) in inputs)
        {
            operation.Inputs[parameter] = new Argument { Arguments = { value.Split('|').Select(name => new Binding { Name = name }) } };
        }

        return operation;
    }

    public static ValueType Tensor(DataType type, params long[] shape) => new()
    {
        TensorType = new TensorType
        {
            DataType = type,
            Rank = shape.Length,
            Dimensions = { shape.Select(size => new Dimension { Constant = new Dimension.Types.ConstantDimension { Size = (ulong)size } }) },
        },
    };

    private FeatureDescription Feature(string name, DataType type) => new()
    {
        Name = name,
        Type = new FeatureType
        {
            MultiArrayType = new ArrayFeatureType
            {
                Shape = { length },
                DataType = type switch
                {
                    DataType.Float16 => ArrayFeatureType.Types.ArrayDataType.Float16,
                    DataType.Int32 => ArrayFeatureType.Types.ArrayDataType.Int32,
                    _ => ArrayFeatureType.Types.ArrayDataType.Float32,
                },
            },
        },
    };
}
