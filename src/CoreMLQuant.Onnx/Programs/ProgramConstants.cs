using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Decoding;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Onnx.Programs.Compression;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Onnx.Programs;

/// <summary>
/// The constants of a program, put into the graph when somebody uses them. FP32 blobs stay in the weight file; what is small is
/// written into the graph; the rest is decoded when a session wants it.
/// </summary>
internal sealed class ProgramConstants(TensorCatalog tensors, GraphConstants constants, TensorNames names, KeptWeights? kept)
{
    // Small enough that a file access each would cost more, large enough for biases and tables of sizes.
    private const int InlineBytes = 4096;

    private readonly Dictionary<ValueNode, OnnxValue> _made = [];
    private readonly Dictionary<(string File, long Offset, string Shape), OnnxValue> _stored = [];

    /// <summary>The constants that have been used.</summary>
    public IReadOnlyDictionary<ValueNode, OnnxValue> Made => _made;

    /// <summary>The output of a constant, plain or compressed.</summary>
    /// <returns><see langword="null"/> when the value is no constant of numbers.</returns>
    public OnnxValue? Find(ValueNode value)
    {
        if (_made.TryGetValue(value, out OnnxValue? made))
        {
            return made;
        }

        made = value.Maker switch
        {
            { IsConst: true, ConstValue: { } stored } => Literal(stored, value.Name),
            { IsConstexpr: true } maker => WeightDecoder.Decode(tensors, value) is { } weight ? Compressed(maker, weight, value.Name) : null,
            _ => null,
        };
        if (made is not null)
        {
            _made.Add(value, made);
        }

        return made;
    }

    /// <summary>A value that stands in an operation itself, or that of a constant.</summary>
    public OnnxValue? Literal(Value value, string name)
    {
        if (tensors.Find(value, name) is not { } data || data.ElementType is ElementType.String or ElementType.Unknown)
        {
            return null;
        }

        IReadOnlyList<long> shape = MilTypes.ShapeOf(value.Type);
        if (data.ElementType.ToOnnx() != OnnxTensorType.Float && StoredAsIs(data) is null && data.ElementCount * 4 <= MaximumInline && StoredNumbers.Read(value, data) is { } integers)
        {
            return constants.Integers(Repeated(integers, data, name), data.ElementType.ToOnnx(), shape);
        }

        if (StoredAsIs(data) is { } file)
        {
            return InPlace(data, file, shape, name);
        }

        return ConstexprOperands.Values(value, data) is not { } values ? null
            : kept is not null && data.ElementType == ElementType.Float16 && values.Count * sizeof(float) > InlineBytes ? kept.Half(values, shape, name)
            : Decoded(data.ElementType, shape, values, name);
    }

    /// <summary>Integers of a small value; <see langword="null"/> when it holds none.</summary>
    public long[]? Integers(Value value, string name) =>
        tensors.Find(value, name) is { } data && data.ElementCount * 8 <= MaximumInline && StoredNumbers.Read(value, data) is { } numbers
            ? Repeated(numbers, data, name)
            : null;

    /// <summary>Floats of a small value; <see langword="null"/> when it holds none.</summary>
    public float[]? Floats(Value value, string name) =>
        tensors.Find(value, name) is { } data && data.ElementCount * 4 <= MaximumInline && ConstexprOperands.Values(value, data) is { } values ? All(values) : null;

    /// <summary>What is written into the graph at most: integers of a program are settings and indices, not weights.</summary>
    private const long MaximumInline = 64 << 20;

    private static FileData? StoredAsIs(TensorData data) =>
        data.ElementType is ElementType.Float32 or ElementType.Int32 && data.File is not null && data.Length > InlineBytes ? data.Data as FileData : null;

    private static float[] All(TensorValues values)
    {
        var all = new float[checked((int)values.Count)];
        values.Read(0, all);
        return all;
    }

    private static long[] Repeated(long[] numbers, TensorData data, string name) => numbers.Length == data.ElementCount
        ? numbers
        : throw new NotTranslatableException($"the constant '{name}' has {numbers.Length} values, its type tells {data.ElementCount}.");

    private OnnxValue Compressed(OperationNode maker, DecodedWeight weight, string name) =>
        (weight.Values.Count * sizeof(float) > InlineBytes ? kept?.Find(maker, weight, name) : null) ?? Decoded(weight.ElementType, weight.Shape, weight.Values, name);

    private OnnxValue Named(OnnxTensorType type, IReadOnlyList<long> shape, string name)
    {
        var value = new OnnxValue(type, shape);
        names.Give(value, name);
        return value;
    }

    private OnnxValue InPlace(TensorData data, FileData file, IReadOnlyList<long> shape, string name)
    {
        // Several constants may point at one blob; that must not become two initializers of one memory for nothing.
        (string, long, string) key = (data.File!.RelativePath, file.Offset, data.ElementType + string.Join(",", shape));
        if (!_stored.TryGetValue(key, out OnnxValue? value))
        {
            value = constants.Add(new StoredInitializer(Named(data.ElementType.ToOnnx(), shape, name), data.File.RelativePath, file.Offset, file.Length));
            _stored.Add(key, value);
        }

        return value;
    }

    private OnnxValue Decoded(ElementType type, IReadOnlyList<long> shape, TensorValues values, string name)
    {
        OnnxTensorType tensorType = type.ToOnnx();
        if (values.Count * sizeof(float) > InlineBytes)
        {
            return constants.Add(new DecodedInitializer(Named(tensorType, shape, name), values));
        }

        float[] all = All(values);
        return tensorType == OnnxTensorType.Float
            ? constants.Floats(all, shape)
            : constants.Integers(all.Select(value => (long)value).ToArray(), tensorType, shape);
    }
}
