using System;
using System.Collections.Generic;
using CoreMLQuant.Files;
using Google.Protobuf;

namespace CoreMLQuant.Specification;

/// <summary>What is replaced in a file on its way into memory: ranges in the order of the file, each with the bytes that take its place.</summary>
internal sealed class StructureEdits
{
    private readonly List<Edit> _edits = [];

    /// <summary>Replaces a range that lies behind all others.</summary>
    /// <param name="position">Where it begins in the file.</param>
    /// <param name="length">Its length.</param>
    /// <param name="replacement">What takes its place.</param>
    /// <returns>Bytes by which the result grows; negative when it shrinks.</returns>
    public long Add(long position, long length, byte[] replacement) => Fill(Reserve(), position, length, replacement);

    /// <summary>Keeps the place of an edit that is filled or released once those behind it are known.</summary>
    public int Reserve()
    {
        _edits.Add(default);
        return _edits.Count - 1;
    }

    /// <summary>Whether no edit lies behind a place.</summary>
    public bool IsLast(int place) => place == _edits.Count - 1;

    /// <summary>Fills a reserved place.</summary>
    /// <returns>Bytes by which the result grows.</returns>
    public long Fill(int place, long position, long length, byte[] replacement)
    {
        _edits[place] = new Edit(position, length, replacement);
        return replacement.Length - length;
    }

    /// <summary>Gives up a reserved place with no edit behind it.</summary>
    /// <returns>Bytes by which the result grows: none.</returns>
    public long Release(int place)
    {
        _edits.RemoveAt(place);
        return 0;
    }

    /// <summary>Reads a message of a file with the edits made.</summary>
    /// <param name="file">The file.</param>
    /// <param name="start">Where the message begins.</param>
    /// <param name="result">Takes the result; as long as the message and all growth.</param>
    public void Apply(SourceFile file, long start, Span<byte> result)
    {
        long copied = start;
        int written = 0;
        foreach (Edit edit in _edits)
        {
            file.ReadExactly(copied, result.Slice(written, (int)(edit.Position - copied)));
            written += (int)(edit.Position - copied);
            edit.Replacement.CopyTo(result.Slice(written));
            written += edit.Replacement.Length;
            copied = edit.Position + edit.Length;
        }

        file.ReadExactly(copied, result.Slice(written));
    }

    /// <summary>A number as protobuf writes it.</summary>
    public static byte[] Varint(ulong value)
    {
        byte[] bytes = new byte[CodedOutputStream.ComputeUInt64Size(value)];
        using var output = new CodedOutputStream(bytes);
        output.WriteUInt64(value);
        return bytes;
    }

    private readonly record struct Edit(long Position, long Length, byte[] Replacement);
}
