using System;

namespace CoreMLQuant.Specification;

/// <summary>
/// Goes through the fields of a message in memory. It knows what Core ML's operations use, varints and fields with a length, and stops at anything else:
/// then the protobuf library has to read the message.
/// </summary>
internal ref struct WireFields(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;

    /// <summary>Number of a field with a length: text, bytes or a message; 0 for any other.</summary>
    public int Number { get; private set; }

    /// <summary>The bytes of a field with a length.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Number of a field that is a varint; 0 for any other.</summary>
    public int VarintNumber { get; private set; }

    /// <summary>The value of a field that is a varint.</summary>
    public ulong Varint { get; private set; }

    /// <summary>Whether the end of the message is reached and nothing but such fields was met.</summary>
    public readonly bool IsAtEnd => _at == _message.Length;

    /// <summary>Moves to the next field; <see langword="false"/> at the end, and where the message has to be left to the library.</summary>
    public bool Next()
    {
        if (_at >= _message.Length || !ReadVarint(out ulong tag))
        {
            return false;
        }

        int number = (int)Math.Min(tag >> 3, int.MaxValue);
        if ((tag & 7) == 0)
        {
            (Number, VarintNumber) = (0, number);
            bool isRead = ReadVarint(out ulong varint);
            Varint = varint;
            return isRead;
        }

        (Number, VarintNumber) = (number, 0);
        if ((tag & 7) != 2 || !ReadVarint(out ulong length) || length > (ulong)(_message.Length - _at))
        {
            _at = -1;
            return false;
        }

        Content = _message.Slice(_at, (int)length);
        _at += (int)length;
        return true;
    }

    private bool ReadVarint(out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64 && (uint)_at < (uint)_message.Length; shift += 7)
        {
            byte b = _message[_at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return true;
            }
        }

        _at = -1;
        return false;
    }
}
