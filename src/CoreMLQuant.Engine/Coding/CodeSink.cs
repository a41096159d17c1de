using System;
using System.Buffers;
using System.IO;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>
/// Takes codes one after the other, as many at a time as come, and puts them into an output file or a buffer, packed.
/// </summary>
internal ref struct CodeSink
{
    /// <summary>Most codes that may be reserved at once.</summary>
    public const int LargestReservation = 32 << 10;

    // Codes are written in multiples of 8, which fill whole bytes whatever their width; up to 7 stay behind.
    private const int Capacity = 2 * LargestReservation;

    private readonly ElementType _type;
    private readonly byte[] _codes;
    private readonly byte[] _packed;
    private readonly OutputFile? _file;
    private readonly Span<byte> _buffer;
    private readonly int _bytesPerCode;
    private long _position;
    private int _count;

    /// <summary>Starts a sink.</summary>
    /// <param name="type">Type of a code; wider ones than 8 bits come as their bytes.</param>
    /// <param name="file">Where to write, or <see langword="null"/> to fill <paramref name="buffer"/>.</param>
    /// <param name="position">Where to begin.</param>
    /// <param name="buffer">Takes the bytes where there is no file.</param>
    public CodeSink(ElementType type, OutputFile? file, long position, Span<byte> buffer)
    {
        _type = type;
        _file = file;
        _position = position;
        _buffer = buffer;
        _bytesPerCode = Math.Max(type.BitWidth() / 8, 1);
        _codes = ArrayPool<byte>.Shared.Rent(Capacity * _bytesPerCode);
        _packed = ArrayPool<byte>.Shared.Rent(Capacity * _bytesPerCode);
    }

    /// <summary>Codes written so far.</summary>
    public long Count { get; private set; }

    /// <summary>Room for codes; tell with <see cref="Advance"/> how much of it was used.</summary>
    /// <param name="count">Codes that may come; at most <see cref="LargestReservation"/>.</param>
    public Span<byte> Reserve(int count)
    {
        if (_count + count > Capacity)
        {
            Flush(_count & ~7);
        }

        return _codes.AsSpan(_count * _bytesPerCode);
    }

    /// <summary>Takes the codes that were put into the reserved room.</summary>
    public void Advance(int count)
    {
        _count += count;
        Count += count;
    }

    /// <summary>Writes what is left.</summary>
    /// <exception cref="IOException">Not as many codes came as were planned: the source has changed meanwhile.</exception>
    public void Complete(long planned)
    {
        Flush(_count);
        if (Count != planned)
        {
            throw new IOException($"{planned} values were planned, but {Count} were found. The weight contradicts what the specification says of it, or was changed during the conversion.");
        }
    }

    /// <summary>Returns the memory.</summary>
    public readonly void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_codes);
        ArrayPool<byte>.Shared.Return(_packed);
    }

    private void Flush(int count)
    {
        int length = (int)_type.ByteCount(count);
        Span<byte> bytes = _codes.AsSpan(0, count * _bytesPerCode);
        if (_type.BitWidth() < 8)
        {
            bytes = _packed.AsSpan(0, length);
            SubBytePacking.Pack(_codes.AsSpan(0, count), _type.BitWidth(), bytes);
        }

        if (_file is not null)
        {
            _file.Write(_position, bytes);
        }
        else if (_position + length <= _buffer.Length)
        {
            bytes.CopyTo(_buffer.Slice((int)_position));
        }

        _position += length;
        _codes.AsSpan(count * _bytesPerCode, (_count - count) * _bytesPerCode).CopyTo(_codes);
        _count -= count;
    }
}
