using System;

namespace CoreMLQuant.Specification;

/// <summary>
/// Recognizes messages that are well-formed and go into memory as they are, at a glance: nearly all are, and <see cref="SpecificationCondenser"/> walks the others field
/// by field. In doubt, a message is not recognized: what is wrong with it, or changes, is for the walk to tell.
/// </summary>
internal static class UnchangedMessage
{
    private const int ContinuationBit = 0x80;
    private const int HighestFieldNumber = 0x1FFFFFFF;

    /// <summary>Whether a message goes into memory as it is.</summary>
    /// <param name="message">The message.</param>
    /// <param name="shape">Its shape; <see langword="null"/> when it is not known.</param>
    /// <param name="depth">Number of messages around it.</param>
    /// <param name="messages">Counts the messages inside it.</param>
    public static bool Is(ReadOnlySpan<byte> message, MessageShape shape, int depth, ref int messages)
    {
        ulong seenByteFields = 0;
        int at = 0;
        while (at < message.Length)
        {
            if (!TryRead(message, ref at, out ulong tag) || tag >> 3 is 0 or > HighestFieldNumber)
            {
                return false;
            }

            FieldShape? field = shape.Field(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    if (!TryRead(message, ref at, out _))
                    {
                        return false;
                    }

                    break;
                case 1:
                    at += 8;
                    break;
                case 5 when field is not { IsBytes: true }:
                    at += 4;
                    break;
                case 2:
                    if (!TryRead(message, ref at, out ulong length)
                        || length > (ulong)(message.Length - at)
                        || IsRepeated(field, ref seenByteFields)
                        || !IsContent(message.Slice(at, (int)length), field, depth, ref messages))
                    {
                        return false;
                    }

                    at += (int)length;
                    break;
                default:
                    return false;
            }
        }

        return at == message.Length;
    }

    private static bool IsContent(ReadOnlySpan<byte> content, FieldShape? field, int depth, ref int messages)
    {
        if (field is { Message: { } message })
        {
            messages++;
            return depth < StructureLimits.MaxNesting && Is(content, message, depth + 1, ref messages);
        }

        return field is { IsText: true }
            ? IsAscii(content)
            : field is { IsBytes: false } || (content.Length < DetachedPayloads.Threshold && !DetachedPayloads.LooksLikeToken(content));
    }

    private static bool IsRepeated(FieldShape? field, ref ulong seen)
    {
        ulong bit = field?.OnceBit ?? 0;
        bool isRepeated = (seen & bit) != 0;
        seen |= bit;
        return isRepeated;
    }

    private static bool IsAscii(ReadOnlySpan<byte> text)
    {
        int bits = 0;
        foreach (byte b in text)
        {
            bits |= b;
        }

        return bits < 0x80;
    }

    // A number of ten bytes is one that the walk may accept.
    private static bool TryRead(ReadOnlySpan<byte> message, ref int at, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 63 && (uint)at < (uint)message.Length; shift += 7)
        {
            byte b = message[at++];
            value |= (ulong)(b & ~ContinuationBit) << shift;
            if (b < ContinuationBit)
            {
                return true;
            }
        }

        return false;
    }
}
