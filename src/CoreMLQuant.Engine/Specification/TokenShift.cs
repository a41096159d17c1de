using System;
using Google.Protobuf;

namespace CoreMLQuant.Specification;

/// <summary>
/// Makes the tokens of one model's messages those of a table that has other payloads before them, so that messages of several files
/// can be put together in one specification.
/// </summary>
internal static class TokenShift
{
    /// <summary>The messages with all tokens moved on.</summary>
    /// <param name="message">The messages; not to be used afterwards.</param>
    /// <param name="shift">How far: what <see cref="DetachedPayloads.Append"/> gave.</param>
    public static Schema.Model Apply(Schema.Model message, int shift)
    {
        if (shift == 0)
        {
            return message;
        }

        byte[] structure = message.ToByteArray();
        Shift(structure, 0, structure.Length, MessageShape.Model, shift);
        return ModelReader.Read(new ArraySegment<byte>(structure));
    }

    // A token has the same length whatever its number, so that no length around it changes.
    private static void Shift(byte[] structure, int start, int end, MessageShape? shape, int shift)
    {
        for (int at = start; at < end;)
        {
            ulong tag = SpecificationWriter.ReadVarint(structure, ref at);
            switch (tag & 7)
            {
                case 0:
                    SpecificationWriter.ReadVarint(structure, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    int length = (int)SpecificationWriter.ReadVarint(structure, ref at);
                    FieldShape? field = shape?.Field(tag >> 3);
                    if (field is { Message: { } inner })
                    {
                        Shift(structure, at, at + length, inner, shift);
                    }
                    else if (field is null or { IsBytes: true })
                    {
                        DetachedPayloads.Shift(structure.AsSpan(at, length), shift);
                    }

                    at += length;
                    break;
            }
        }
    }
}
