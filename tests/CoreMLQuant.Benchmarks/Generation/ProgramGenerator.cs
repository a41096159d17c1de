using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Packaging;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.WeightBlobs;
using Binding = CoreMLQuant.Specification.Schema.Argument.Types.Binding;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Benchmarks.Generation;

/// <summary>Writes an FP32 ML Program package of a given size: a chain of convolutions over one image-like input.</summary>
internal static class ProgramGenerator
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

    /// <summary>Writes the package; nothing may stand at the path.</summary>
    public static void Write(string path, long totalBytes, int constCount)
    {
        var weights = new FileLayout();
        var block = new Block();
        IReadOnlyList<(int Output, int Input, int Kernel)> layers = WeightShapes.Layers(totalBytes, constCount);
        weights.Append(new LiteralPart(BlobRecord.Header(layers.Count * 2)));
        block.Operations.Add(Const("pad_type", MilTypes.Text("valid")));
        long[] inputShape = [1, layers[0].Input, 64, 64];
        string previous = "x";
        for (int i = 0; i < layers.Count; i++)
        {
            (int output, int input, int kernel) = layers[i];
            block.Operations.Add(Const($"weight_{i}", Blob(weights, [output, input, kernel, kernel], (ulong)i * 2)));
            block.Operations.Add(Const($"bias_{i}", Blob(weights, [output], ((ulong)i * 2) + 1)));
            string name = i == layers.Count - 1 ? "y" : $"conv_{i}";
            block.Operations.Add(new Operation
            {
                Type = "conv",
                Inputs = { ["x"] = ByName(previous), ["weight"] = ByName($"weight_{i}"), ["bias"] = ByName($"bias_{i}"), ["pad_type"] = ByName("pad_type") },
                Outputs = { new NamedValueType { Name = name, Type = Tensor(DataType.Float32, [1, output, 64, 64]) } },
                Attributes = { ["name"] = MilTypes.Text(name) },
            });
            previous = name;
        }

        block.Outputs.Add(previous);
        var function = new Function { Opset = "CoreML6", Inputs = { new NamedValueType { Name = "x", Type = Tensor(DataType.Float32, inputShape) } } };
        function.BlockSpecializations.Add("CoreML6", block);
        var model = new Model
        {
            SpecificationVersion = 7,
            Description = new ModelDescription { Input = { Feature("x", inputShape) }, Output = { Feature("y", [1, layers[^1].Output, 64, 64]) } },
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
            flushToDisk: false,
            progress: null,
            cancellationToken: default);
    }

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
