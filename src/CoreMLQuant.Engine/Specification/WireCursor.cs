using System;
using System.IO;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;

namespace CoreMLQuant.Specification;

/// <summary>Walks the protobuf wire format of a file through a small window; what is skipped is not read.</summary>
internal sealed class WireCursor(SourceFile file, CancellationToken cancellationToken = default)
{
    // A message that crosses the end of the window is read again.
    private const int MaxPeek = 8 << 10;

    private readonly byte[] _window = new byte[64 << 10];
    private long _windowStart;
    private int _windowLength;

    /// <summary>The file.</summary>
    public SourceFile File => file;

    /// <summary>Offset of the next byte.</summary>
    public long Position { get; private set; }

    /// <summary>Reads a base-128 varint that must end before <paramref name="end"/>.</summary>
    public ulong ReadVarint(long end)
    {
        // Nearly every number here is a tag or length of one byte.
        int at = (int)Math.Min(Position - _windowStart, int.MaxValue);
        if (Position < end && at >= 0 && at < _windowLength && _window[at] < 0x80)
        {
            Position++;
            return _window[at];
        }

        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte b = ReadByte(end);
            value |= shift < 64 ? (ulong)(b & 0x7F) << shift : 0;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw Malformed("a number has more than ten bytes.");
    }

    /// <summary>Reads a length and checks it against the message that the field stands in.</summary>
    public long ReadLength(long end)
    {
        long at = Position;
        ulong length = ReadVarint(end);
        if (length > (ulong)(end - Position))
        {
            throw new CoreMLFormatException(
                end == file.Length ? FormatRule.TruncatedSpecification : FormatRule.MalformedSpecification,
                file.Path,
                $"a field claims {length} bytes, but only {end - Position} are left {(end == file.Length ? "in the file" : "in its message")}.",
                "The file is incomplete or damaged. Copy or download it again.",
                at);
        }

        return (long)length;
    }

    /// <summary>Reads bytes that are known to lie in the file.</summary>
    public void Read(Span<byte> destination)
    {
        if (destination.Length > _window.Length)
        {
            file.ReadExactly(Position, destination);
        }
        else
        {
            Fill(destination.Length);
            _window.AsSpan((int)(Position - _windowStart), destination.Length).CopyTo(destination);
        }

        Position += destination.Length;
    }

    /// <summary>Shows the next bytes, where they are so few that reading them once more costs nothing.</summary>
    /// <param name="length">Their number; they are known to lie in the file.</param>
    /// <param name="bytes">The bytes.</param>
    public bool TryPeek(long length, out ReadOnlySpan<byte> bytes)
    {
        if (length > MaxPeek)
        {
            bytes = default;
            return false;
        }

        Fill((int)length);
        bytes = _window.AsSpan((int)(Position - _windowStart), (int)length);
        return true;
    }

    /// <summary>Moves to another place without reading.</summary>
    public void MoveTo(long position) => Position = position;

    /// <summary>The error for bytes that are no protobuf, at the current place.</summary>
    public CoreMLFormatException Malformed(string problem) => new(
        FormatRule.MalformedSpecification,
        file.Path,
        $"not well-formed protobuf: {problem}",
        "The file is damaged or is not a Core ML specification.",
        Position);

    private byte ReadByte(long end)
    {
        if (Position >= end)
        {
            throw new CoreMLFormatException(
                end >= file.Length ? FormatRule.TruncatedSpecification : FormatRule.MalformedSpecification,
                file.Path,
                "the specification ends in the middle of a field.",
                "The file is incomplete or damaged. Copy or download it again.",
                Position);
        }

        Fill(1);
        byte value = _window[(int)(Position - _windowStart)];
        Position++;
        return value;
    }

    private void Fill(int length)
    {
        if (Position >= _windowStart && Position + length <= _windowStart + _windowLength)
        {
            return;
        }

        long available = Math.Min(_window.Length, file.Length - Position);
        if (available < length)
        {
            throw new EndOfStreamException($"'{file.Path}' ends at {file.Length}.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        file.ReadExactly(Position, _window.AsSpan(0, (int)available));
        _windowStart = Position;
        _windowLength = (int)available;
    }
}
