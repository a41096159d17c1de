using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Files;
using CoreMLQuant.Mil;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.WeightBlobs;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Benchmarks.Generation;

/// <summary>Writes an FP32 ML Program package of a given size: convolutions over one image-like input, then linear layers.</summary>
internal static class ProgramGenerator
{
    private const string WeightFile = "@model_path/weights/weight.bin";

    private const int Side = 64;

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

    /// <summary>Writes the package; nothing may stand at the path.</summary>
    public static void Write(string path, long totalBytes, int constCount)
    {
        var weights = new FileLayout();
        var block = new Block();
        IReadOnlyList<GeneratedLayer> layers = GeneratedLayers.For(totalBytes, constCount);
        int channels = layers[0].Channels;
        long[] image = [1, channels, Side, Side];
        weights.Append(new LiteralPart(BlobRecord.Header(layers.Count * 2)));
        block.Operations.Add(Const("pad_type", MilTypes.Text("same")));
        block.Operations.Add(Const("one_each", Integers(1, 1)));
        block.Operations.Add(Const("no_padding", Integers(0, 0, 0, 0)));
        block.Operations.Add(Const("one_group", Integer(1)));
        block.Operations.Add(Const("depthwise", Integer(channels)));
        block.Operations.Add(Const("axes", Integers(2, 3)));
        block.Operations.Add(Const("keep_dims", False()));
        string previous = "x";
        bool isImage = true;
        for (int i = 0; i < layers.Count; i++)
        {
            GeneratedLayer layer = layers[i];
            if (layer.IsLinear && isImage)
            {
                block.Operations.Add(Operation("reduce_mean", "pooled", [1, channels], ("x", previous), ("axes", "axes"), ("keep_dims", "keep_dims")));
                previous = "pooled";
                isImage = false;
            }

            block.Operations.Add(Const($"weight_{i}", Blob(weights, layer.WeightShape, (ulong)i * 2)));
            block.Operations.Add(Const($"bias_{i}", Blob(weights, [channels], ((ulong)i * 2) + 1)));
            string name = i == layers.Count - 1 ? "y" : $"layer_{i}";
            block.Operations.Add(layer.IsLinear
                ? Operation("linear", name, [1, channels], ("x", previous), ("weight", $"weight_{i}"), ("bias", $"bias_{i}"))
                : Operation(
                    "conv",
                    name,
                    image,
                    ("x", previous),
                    ("weight", $"weight_{i}"),
                    ("bias", $"bias_{i}"),
                    ("strides", "one_each"),
                    ("pad_type", "pad_type"),
                    ("pad", "no_padding"),
                    ("dilations", "one_each"),
                    ("groups", layer.Groups == 1 ? "one_group" : "depthwise")));
            previous = name;
        }

        block.Outputs.Add(previous);
        var function = new Function { Opset = "CoreML6", Inputs = { new NamedValueType { Name = "x", Type = Tensor(DataType.Float32, image) } } };
        function.BlockSpecializations.Add("CoreML6", block);
        var model = new Model
        {
            SpecificationVersion = 7,
            Description = new ModelDescription { Input = { Feature("x", image) }, Output = { Feature("y", [1, channels]) } },
            MlProgram = new Program { Version = 1, Functions = { ["main"] = function } },
        };
        OutputWriter.Write(
            new OutputModel(
                true,
                [
                    ("Manifest.json", FileLayout.Of(new LiteralPart(System.Text.Encoding.UTF8.GetBytes(Manifest)))),
                    ("Data/com.apple.CoreML/model.mlmodel", SpecificationWriter.Layout(model, new DetachedPayloads())),
                    ("Data/com.apple.CoreML/weights/weight.bin", weights),
                ],
                []),
            path,
            workers: 0,
            limit: null,
            progress: null,
            cancellationToken: default);
    }

    private static Operation Operation(string type, string name, long[] shape, params (string Parameter, string Value)[] inputs)
    {
        var operation = new Operation
        {
            Type = type,
            Outputs = { new NamedValueType { Name = name, Type = Tensor(DataType.Float32, shape) } },
            Attributes = { ["name"] = MilTypes.Text(name) },
        };
        foreach ((string parameter, string value) in inputs)
        {
            operation.Inputs[parameter] = ByName(value);
        }

        return operation;
    }

    private static Value Integers(params int[] numbers) =>
        Immediate(Tensor(DataType.Int32, [numbers.Length]), new TensorValue { Ints = new TensorValue.Types.RepeatedInts { Values = { numbers } } });

    private static Value Integer(int number) =>
        Immediate(Tensor(DataType.Int32, []), new TensorValue { Ints = new TensorValue.Types.RepeatedInts { Values = { number } } });

    private static Value False() =>
        Immediate(Tensor(DataType.Bool, []), new TensorValue { Bools = new TensorValue.Types.RepeatedBools { Values = { false } } });

    private static Value Immediate(ValueType type, TensorValue tensor) =>
        new() { Type = type, ImmediateValue = new Value.Types.ImmediateValue { Tensor = tensor } };

    private static Value Blob(FileLayout weights, long[] shape, ulong seed)
    {
        weights.AlignTo(BlobRecord.Size);
        long offset = weights.Length;
        var data = new RandomWeights(shape.Aggregate(1L, (product, dimension) => product * dimension), seed);
        weights.Append(new LiteralPart(new BlobRecord(BlobDataType.Float32, data.Length, offset + BlobRecord.Size, 0).ToBytes()));
        weights.Append(data);
        return new Value
        {
            Type = Tensor(DataType.Float32, shape),
            BlobFileValue = new Value.Types.BlobFileValue { FileName = WeightFile, Offset = (ulong)offset },
        };
    }

    private static Operation Const(string name, Value value) => new()
    {
        Type = "const",
        Outputs = { new NamedValueType { Name = name, Type = value.Type.Clone() } },
        Attributes = { ["name"] = MilTypes.Text(name), ["val"] = value },
    };

    private static ValueType Tensor(DataType type, IReadOnlyCollection<long> shape) => new()
    {
        TensorType = new TensorType
        {
            DataType = type,
            Rank = shape.Count,
            Dimensions = { shape.Select(size => new Dimension { Constant = new Dimension.Types.ConstantDimension { Size = (ulong)size } }) },
        },
    };

    private static FeatureDescription Feature(string name, long[] shape) => new()
    {
        Name = name,
        Type = new FeatureType { MultiArrayType = new ArrayFeatureType { DataType = ArrayFeatureType.Types.ArrayDataType.Float32, Shape = { shape } } },
    };

    private static Argument ByName(string name) => new() { Arguments = { new Binding { Name = name } } };
}
