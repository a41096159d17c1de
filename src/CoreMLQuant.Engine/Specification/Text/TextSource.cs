using System;
using System.Text;
using CoreMLQuant.Errors;

namespace CoreMLQuant.Specification.Text;

/// <summary>MIL text in memory, and the errors about it: with file, offset, line and column.</summary>
/// <param name="text">The text as UTF-8.</param>
/// <param name="file">Full path of the file that it stands in.</param>
internal sealed class TextSource(ReadOnlyMemory<byte> text, string file)
{
    private const string Damaged = "The file is damaged, or its form is newer than this module.";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text.</summary>
    public ReadOnlySpan<byte> Bytes => text.Span;

    /// <summary>Full path of the file that it stands in.</summary>
    public string File => file;

    /// <summary>A part of the text.</summary>
    /// <exception cref="CoreMLFormatException">It is no UTF-8.</exception>
    public string Decode(int start, int length)
    {
        try
        {
            return StrictUtf8.GetString(Bytes.Slice(start, length).ToArray());
        }
        catch (DecoderFallbackException e)
        {
            throw Error(FormatRule.MalformedProgramText, "the text is not valid UTF-8.", Damaged, start, e);
        }
    }

    /// <summary>The error for text that is not MIL text.</summary>
    public CoreMLFormatException Malformed(string problem, int offset) => Error(FormatRule.MalformedProgramText, problem, Damaged, offset);

    /// <summary>The error for text that ends too early.</summary>
    /// <param name="problem">What has no end.</param>
    /// <param name="offset">Where it began.</param>
    public CoreMLFormatException Truncated(string problem, int offset) =>
        Error(FormatRule.TruncatedProgramText, problem, "The file is incomplete. Copy or download the model again.", offset);

    /// <summary>An error at a place.</summary>
    public CoreMLFormatException Error(FormatRule rule, string problem, string remedy, int offset, Exception? inner = null) =>
        new(rule, file, problem, remedy, offset, PlaceOf(offset), inner);

    private string PlaceOf(int offset)
    {
        ReadOnlySpan<byte> before = Bytes.Slice(0, offset);
        int line = 1, column = 1;
        foreach (byte value in before)
        {
            if (value == '\n')
            {
                (line, column) = (line + 1, 1);
            }
            else
            {
                // A character's further bytes take no column.
                column += (value & 0xC0) == 0x80 ? 0 : 1;
            }
        }

        return FormattableString.Invariant($"line {line}, column {column}");
    }
}
