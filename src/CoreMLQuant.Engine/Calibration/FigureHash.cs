using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Text;

namespace CoreMLQuant.Calibration;

/// <summary>SHA-256 of texts and numbers, in the order in which they are added.</summary>
internal sealed class FigureHash : IDisposable
{
    private const int BytesAtOnce = 1 << 20;
    private const int FileBytesAtOnce = 1 << 16;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds texts, each with its end.</summary>
    public void Add(IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            _hash.AppendData(Encoding.UTF8.GetBytes(text + "\0"));
        }
    }

    /// <summary>Adds the bytes of numbers, as they are in memory.</summary>
    public void AddNumbers(Array numbers)
    {
        int length = Buffer.ByteLength(numbers);
        byte[] buffer = new byte[Math.Min(BytesAtOnce, length)];
        for (int at = 0; at < length; at += BytesAtOnce)
        {
            int count = Math.Min(BytesAtOnce, length - at);
            Buffer.BlockCopy(numbers, at, buffer, 0, count);
            _hash.AppendData(buffer, 0, count);
        }
    }

    /// <summary>Adds the bytes of a stream up to its end.</summary>
    public void Add(Stream stream)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(FileBytesAtOnce);
        try
        {
            for (int count; (count = stream.Read(buffer, 0, buffer.Length)) > 0;)
            {
                _hash.AppendData(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The digest of what was added, in hexadecimal digits; a new one begins.</summary>
    public string Finish() => HexDigits.Of(_hash.GetHashAndReset());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
