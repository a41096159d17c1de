using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Mil;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.WeightBlobs;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;

namespace CoreMLQuant.Benchmarks.Generation;

/// <summary>An ML Program of one function while it is generated, with its weight file beside it.</summary>
internal sealed class GeneratedProgram
{
    private const string WeightFile = "@model_path/weights/weight.bin";

    private const string Manifest = """
        {
            "fileFormatVersion": "1.0.0",
            "itemInfoEntries": {
                "00000000-0000-4000-8000-000000000001": {
                    "author": "com.apple.CoreML",
                    "description": "CoreML Model Specification",
                    "name": "model.mlmodel",
                    "path": "com.apple.CoreML/model.mlmodel"
                },
                "00000000-0000-4000-8000-000000000002": {
                    "author": "com.apple.CoreML",
                    "description": "CoreML Model Weights",
                    "name": "weights",
                    "path": "com.apple.CoreML/weights"
                }
            },
            "rootModelIdentifier": "00000000-0000-4000-8000-000000000001"
        }
        """;

    private readonly FileLayout _weights = new();
    private readonly Block _block = new();
    private ulong _seed;

    /// <summary>Begins a program.</summary>
    /// <param name="weightCount">Number of weights that it will have.</param>
    public GeneratedProgram(int weightCount) => _weights.Append(new LiteralPart(BlobRecord.Header(weightCount)));

    /// <summary>Adds a constant of text.</summary>
    public void Text(string name, string text) => Const(name, MilTypes.Text(text));

    /// <summary>Adds a constant integer.</summary>
    public void Integer(string name, int number) => Const(name, MilTypes.Integer(number));

    /// <summary>Adds a constant list of integers.</summary>
    public void Integers(string name, params int[] numbers) => Const(
        name, Immediate(MilTypes.Tensor(ElementType.Int32, [numbers.Length]), new TensorValue { Ints = new TensorValue.Types.RepeatedInts { Values = { numbers } } }));

    /// <summary>Adds a constant flag.</summary>
    public void Flag(string name, bool flag) => Const(
        name, Immediate(MilTypes.Tensor(ElementType.Boolean, []), new TensorValue { Bools = new TensorValue.Types.RepeatedBools { Values = { flag } } }));

    /// <summary>Adds a weight of random FP32 values.</summary>
    public void Weight(string name, params long[] shape)
    {
        _weights.AlignTo(BlobRecord.Size);
        long offset = _weights.Length;
        var data = new RandomWeights(shape.Aggregate(1L, (product, dimension) => product * dimension), _seed++);
        _weights.Append(new LiteralPart(new BlobRecord(BlobDataType.Float32, data.Length, offset + BlobRecord.Size, 0).ToBytes()));
        _weights.Append(data);
        Const(name, new Value
        {
            Type = MilTypes.Tensor(ElementType.Float32, shape),
            BlobFileValue = new Value.Types.BlobFileValue { FileName = WeightFile, Offset = (ulong)offset },
        });
    }

    /// <summary>Adds an operation with one output of FP32.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="name">Its name and that of its output.</param>
    /// <param name="shape">Shape of its output.</param>
    /// <param name="inputs">Its parameters and the values that are bound to them.</param>
    public void Apply(string type, string name, long[] shape, params (string Parameter, string Value)[] inputs) => Apply(type, [name], shape, inputs);

    /// <summary>Adds an operation whose outputs of FP32 have the same shape.</summary>
    public void Apply(string type, string[] names, long[] shape, params (string Parameter, string Value)[] inputs)
    {
        var operation = new Operation
        {
            Type = type,
            Outputs = { names.Select(name => new NamedValueType { Name = name, Type = MilTypes.Tensor(ElementType.Float32, shape) }) },
            Attributes = { ["name"] = MilTypes.Text(names[0]) },
        };
        foreach ((string parameter, string value) in inputs)
        {
            operation.Inputs[parameter] = new Argument { Arguments = { new Binding { Name = value } } };
        }

        _block.Operations.Add(operation);
    }

    /// <summary>Writes the package; nothing may stand at the path.</summary>
    /// <param name="path">Path of the package.</param>
    /// <param name="input">Type of the input, which is called <c>x</c>.</param>
    /// <param name="inputShape">Its shape.</param>
    /// <param name="outputShape">Shape of the output, which is called <c>y</c>.</param>
    public void Write(string path, ElementType input, long[] inputShape, long[] outputShape)
    {
        _block.Outputs.Add("y");
        var function = new Function { Opset = "CoreML6", Inputs = { new NamedValueType { Name = "x", Type = MilTypes.Tensor(input, inputShape) } } };
        function.BlockSpecializations.Add("CoreML6", _block);
        var model = new Model
        {
            SpecificationVersion = 7,
            Description = new ModelDescription { Input = { Feature("x", input, inputShape) }, Output = { Feature("y", ElementType.Float32, outputShape) } },
            MlProgram = new Program { Version = 1, Functions = { ["main"] = function } },
        };
        OutputWriter.Write(
            new OutputModel(
                true,
                [
                    ("Manifest.json", FileLayout.Of(new LiteralPart(System.Text.Encoding.UTF8.GetBytes(Manifest)))),
                    ("Data/com.apple.CoreML/model.mlmodel", SpecificationWriter.Layout(model, new DetachedPayloads())),
                    ("Data/com.apple.CoreML/weights/weight.bin", _weights),
                ],
                []),
            path,
            workers: 0,
            limit: null,
            progress: null,
            cancellationToken: default);
    }

    private void Const(string name, Value value) => _block.Operations.Add(new Operation
    {
        Type = "const",
        Outputs = { new NamedValueType { Name = name, Type = value.Type.Clone() } },
        Attributes = { ["name"] = MilTypes.Text(name), ["val"] = value },
    });

    private static Value Immediate(ValueType type, TensorValue tensor) =>
        new() { Type = type, ImmediateValue = new Value.Types.ImmediateValue { Tensor = tensor } };

    private static FeatureDescription Feature(string name, ElementType type, IEnumerable<long> shape) => new()
    {
        Name = name,
        Type = new FeatureType
        {
            MultiArrayType = new ArrayFeatureType
            {
                DataType = type == ElementType.Int32 ? ArrayFeatureType.Types.ArrayDataType.Int32 : ArrayFeatureType.Types.ArrayDataType.Float32,
                Shape = { shape },
            },
        },
    };
}
