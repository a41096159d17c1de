using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Schema;
using Google.Protobuf;

namespace CoreMLQuant.Onnx.Graphs;

/// <summary>Makes attributes of nodes.</summary>
internal static class OnnxAttributes
{
    /// <summary>An integer.</summary>
    public static AttributeProto Integer(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    /// <summary>A flag, which is an integer in ONNX.</summary>
    public static AttributeProto Flag(string name, bool value) => Integer(name, value ? 1 : 0);

    /// <summary>Integers.</summary>
    public static AttributeProto Integers(string name, IEnumerable<long> values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

    /// <summary>A number.</summary>
    public static AttributeProto Number(string name, float value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value };

    /// <summary>Numbers.</summary>
    public static AttributeProto Numbers(string name, IEnumerable<float> values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Floats, Floats = { values } };

    /// <summary>Text.</summary>
    public static AttributeProto Text(string name, string value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    /// <summary>Texts.</summary>
    public static AttributeProto Texts(string name, IEnumerable<string> values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Strings, Strings = { values.Select(ByteString.CopyFromUtf8) } };
}
