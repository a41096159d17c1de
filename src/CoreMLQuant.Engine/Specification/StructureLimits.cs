using System;
using CoreMLQuant.Errors;

namespace CoreMLQuant.Specification;

/// <summary>How deep, long and rich in messages the structure of a file may be, so that a malicious one takes neither stack nor memory.</summary>
/// <param name="path">The file, for errors.</param>
internal sealed class StructureLimits(string path)
{
    /// <summary>Messages nested deeper than this are refused. Real models stay below 100; each level costs stack.</summary>
    public const int MaxNesting = 400;

    /// <summary>More messages than this are refused, however long they are. The largest public models have less than half as many.</summary>
    public const int MaxMessages = 8_000_000;

    /// <summary>
    /// So many messages can be of any length; of all others, each needs <see cref="BytesPerMessage"/> bytes on average. A message without
    /// content takes 2 bytes of a file and up to 360 bytes of memory, and real models have 5 bytes and more for each.
    /// </summary>
    public const int FreeMessages = 250_000;

    private const int BytesPerMessage = 4;

    // The structure of the largest public models is below 20 MB.
    private const int MaxStructureLength = 512 << 20;

    private int _messages;

    /// <summary>Offset in the file where the structure begins.</summary>
    public long Start { get; set; }

    /// <summary>Bytes of fields that are no part of the structure, up to now.</summary>
    public long Detached { get; set; }

    /// <summary>Counts a message.</summary>
    /// <param name="offset">Where it stands.</param>
    /// <exception cref="CoreMLFormatException">There are too many.</exception>
    public void Count(long offset)
    {
        if (!TryCount(1, offset))
        {
            throw new CoreMLFormatException(
                FormatRule.TooLarge,
                path,
                $"the first {Before(offset)} bytes of the structure have {_messages + 1} messages (layers, operations, types and so on).",
                "No real model has that many messages. The file is damaged or malicious.",
                offset);
        }
    }

    /// <summary>Counts messages unless they are too many.</summary>
    /// <param name="messages">How many.</param>
    /// <param name="offset">Where they stand.</param>
    public bool TryCount(int messages, long offset)
    {
        if (_messages + messages > Math.Min(MaxMessages, FreeMessages + (Before(offset) / BytesPerMessage)))
        {
            return false;
        }

        _messages += messages;
        return true;
    }

    /// <summary>Refuses a message that is nested too deeply.</summary>
    /// <param name="depth">How deep it is.</param>
    /// <param name="offset">Where it stands.</param>
    /// <exception cref="CoreMLFormatException">It is.</exception>
    public void RequireNesting(int depth, long offset)
    {
        if (depth > MaxNesting)
        {
            throw new CoreMLFormatException(
                FormatRule.NestingTooDeep,
                path,
                $"messages are nested more than {MaxNesting} levels deep.",
                "The file is damaged or malicious; models are not nested this deeply.",
                offset);
        }
    }

    /// <summary>Refuses a structure that is too long.</summary>
    /// <param name="length">Its bytes.</param>
    /// <exception cref="CoreMLFormatException">It is.</exception>
    public void RequireLength(long length)
    {
        if (length > MaxStructureLength)
        {
            throw new CoreMLFormatException(
                FormatRule.TooLarge,
                path,
                $"the structure without its weights has {length} bytes; the limit is {MaxStructureLength >> 20} MB.",
                "Only the weights of a model can be this large.");
        }
    }

    /// <summary>Refuses a text that is too long.</summary>
    /// <param name="length">Its bytes.</param>
    /// <param name="offset">Where it stands.</param>
    /// <exception cref="CoreMLFormatException">It is.</exception>
    public void RequireText(long length, long offset)
    {
        if (length > MaxStructureLength)
        {
            throw new CoreMLFormatException(FormatRule.TooLarge, path, $"a string claims {length} bytes.", "Only the weights of a model can be this large.", offset);
        }
    }

    private long Before(long offset) => offset - Start - Detached;
}
