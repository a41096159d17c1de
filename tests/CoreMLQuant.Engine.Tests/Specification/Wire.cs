using System;
using System.IO;
using Google.Protobuf;

namespace CoreMLQuant.Tests.Specification;

/// <summary>Writes protobuf by hand.</summary>
internal static class Wire
{
    /// <summary>A field with a length.</summary>
    public static byte[] Field(int number, ReadOnlySpan<byte> content)
    {
        using var bytes = new MemoryStream();
        using var output = new CodedOutputStream(bytes);
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(content));
        output.Flush();
        return bytes.ToArray();
    }
}
