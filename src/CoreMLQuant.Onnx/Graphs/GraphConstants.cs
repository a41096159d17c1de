using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>The constants of a graph and all graphs inside it; equal small ones exist once.</summary>
internal sealed class GraphConstants
{
    private readonly List<OnnxInitializer> _initializers = [];
    private readonly Dictionary<string, OnnxValue> _small = new(StringComparer.Ordinal);

    /// <summary>All constants, in the order in which they were asked for.</summary>
    public IReadOnlyList<OnnxInitializer> Initializers => _initializers;

    /// <summary>Adds a constant.</summary>
    public OnnxValue Add(OnnxInitializer initializer)
    {
        _initializers.Add(initializer);
        return initializer.Value;
    }

    /// <summary>64-bit integers.</summary>
    public OnnxValue Int64s(IReadOnlyList<long> values, bool isScalar = false) =>
        Integers(values, OnnxTensorType.Int64, isScalar ? [] : [values.Count]);

    /// <summary>Integers of a type.</summary>
    /// <param name="values">The integers.</param>
    /// <param name="type"><see cref="OnnxTensorType.Int64"/>, <see cref="OnnxTensorType.Int32"/> or <see cref="OnnxTensorType.Bool"/>.</param>
    /// <param name="shape">Dimensions.</param>
    public OnnxValue Integers(IReadOnlyList<long> values, OnnxTensorType type, IReadOnlyList<long> shape)
    {
        int size = type switch { OnnxTensorType.Int64 => 8, OnnxTensorType.Bool => 1, _ => 4 };
        byte[] bytes = new byte[checked(values.Count * size)];
        for (int i = 0; i < values.Count; i++)
        {
            switch (type)
            {
                case OnnxTensorType.Int64:
                    BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * size), values[i]);
                    break;
                case OnnxTensorType.Bool:
                    bytes[i] = (byte)(values[i] == 0 ? 0 : 1);
                    break;
                default:
                    BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * size), unchecked((int)values[i]));
                    break;
            }
        }

        return Inline(bytes, type, shape, values);
    }

    /// <summary>FP32 values.</summary>
    public OnnxValue Floats(ReadOnlySpan<float> values, IReadOnlyList<long> shape) =>
        Inline(MemoryMarshal.AsBytes(values).ToArray(), OnnxTensorType.Float, shape, null);

    /// <summary>An FP32 scalar.</summary>
    public OnnxValue Float(float value) => Floats([value], []);

    /// <summary>A vector of one value.</summary>
    /// <exception cref="NotTranslatableException">It is longer than any real layer has channels: a declared size is no reason to fill memory.</exception>
    public OnnxValue Repeated(float value, long count)
    {
        const long Maximum = 1 << 24;
        if (count is < 0 or > Maximum)
        {
            throw new NotTranslatableException($"it has {count} channels; {Maximum} are the most that have a translation.");
        }

        float[] values = new float[count];
        values.AsSpan().Fill(value);
        return Floats(values, [count]);
    }

    private OnnxValue Inline(byte[] bytes, OnnxTensorType type, IReadOnlyList<long> shape, IReadOnlyList<long>? known)
    {
        const int SharedBytes = 128;
        if (bytes.Length > SharedBytes)
        {
            return Add(new InlineInitializer(new OnnxValue(type, shape) { Known = known }, bytes));
        }

        string key = new StringBuilder(type.ToString()).Append(string.Join(",", shape)).Append(':').Append(Convert.ToBase64String(bytes)).ToString();
        if (!_small.TryGetValue(key, out OnnxValue? value))
        {
            value = Add(new InlineInitializer(new OnnxValue(type, shape.ToArray()) { Known = known }, bytes));
            _small.Add(key, value);
        }

        return value;
    }
}
