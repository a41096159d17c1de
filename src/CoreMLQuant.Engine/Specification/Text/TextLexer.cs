using System;
using CoreMLQuant.Errors;

namespace CoreMLQuant.Specification.Text;

/// <summary>Cuts MIL text into tokens.</summary>
/// <param name="source">The text.</param>
internal sealed class TextLexer(TextSource source)
{
    private const string Marks = "()[]{}<>,=;?";

    /// <summary>The token at or behind an offset.</summary>
    /// <exception cref="CoreMLFormatException">What stands there is no token.</exception>
    public TextToken Read(int offset)
    {
        ReadOnlySpan<byte> text = source.Bytes;
        int start = SkipSpace(text, offset);
        if (start == text.Length)
        {
            return new TextToken(TextTokenKind.End, start, 0);
        }

        byte first = text[start];
        if (first == '"')
        {
            return new TextToken(TextTokenKind.String, start, StringLength(text, start));
        }

        if (IsNameStart(first))
        {
            return new TextToken(TextTokenKind.Name, start, LengthOf(text, start, IsNamePart));
        }

        if (Starts(text, start, "->"))
        {
            return new TextToken(TextTokenKind.Arrow, start, 2);
        }

        if (Starts(text, start, "..."))
        {
            return new TextToken(TextTokenKind.Ellipsis, start, 3);
        }

        if (IsDigit(first) || first is (byte)'-' or (byte)'+' or (byte)'.')
        {
            return new TextToken(TextTokenKind.Number, start, NumberLength(text, start));
        }

        return Marks.IndexOf((char)first) >= 0
            ? new TextToken(TextTokenKind.Mark, start, 1)
            : throw source.Malformed($"the character 0x{first:X2} cannot stand here.", start);
    }

    private static int SkipSpace(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length)
        {
            if (text[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                at++;
            }
            else if (Starts(text, at, "//"))
            {
                int end = text.Slice(at).IndexOf((byte)'\n');
                at = end < 0 ? text.Length : at + end;
            }
            else
            {
                break;
            }
        }

        return at;
    }

    private int StringLength(ReadOnlySpan<byte> text, int start)
    {
        for (int at = start + 1; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                return at + 1 - start;
            }

            at += text[at] == '\\' ? 1 : 0;
        }

        throw source.Truncated("a string has no end.", start);
    }

    // The sign of an exponent belongs to the number: 0x1.8p-3.
    private static int NumberLength(ReadOnlySpan<byte> text, int start)
    {
        int at = start + 1;
        while (at < text.Length && (IsNamePart(text[at]) || (text[at] is (byte)'-' or (byte)'+' && text[at - 1] is (byte)'p' or (byte)'P' or (byte)'e' or (byte)'E')))
        {
            at++;
        }

        return at - start;
    }

    private static int LengthOf(ReadOnlySpan<byte> text, int start, Func<byte, bool> belongs)
    {
        int at = start + 1;
        while (at < text.Length && belongs(text[at]))
        {
            at++;
        }

        return at - start;
    }

    private static bool Starts(ReadOnlySpan<byte> text, int at, string start)
    {
        for (int i = 0; i < start.Length; i++)
        {
            if (at + i >= text.Length || text[at + i] != start[i])
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';

    // Bytes of other scripts' letters are 0x80 and above in UTF-8.
    private static bool IsNameStart(byte value) =>
        value is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (byte)'_' or (byte)'@' or (byte)'$' or >= 0x80;

    private static bool IsNamePart(byte value) => IsNameStart(value) || IsDigit(value) || value is (byte)'.' or (byte)':' or (byte)'/';
}
