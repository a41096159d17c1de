using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Files;

/// <summary>Tells whether arrays are what was written: SHA-256 of the names and values of all, whatever their order.</summary>
internal sealed class ArraysDigest
{
    private const int BytesAtOnce = 1 << 20;

    private readonly SortedDictionary<string, string> _digests = new(StringComparer.Ordinal);

    /// <summary>The digest of arrays.</summary>
    public static string Of(IEnumerable<KeyValuePair<string, MultiArray>> arrays)
    {
        var digest = new ArraysDigest();
        foreach (KeyValuePair<string, MultiArray> array in arrays)
        {
            digest.Add(array.Key, array.Value);
        }

        return digest.ToString();
    }

    /// <summary>Adds an array of texts or numbers.</summary>
    public void Add(string name, MultiArray array)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (array.Values is string[] texts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Concat(texts.Select(text => text + "\0"))));
        }
        else
        {
            byte[] buffer = new byte[BytesAtOnce];
            for (int at = 0, length = Buffer.ByteLength(array.Values); at < length; at += BytesAtOnce)
            {
                int count = Math.Min(BytesAtOnce, length - at);
                Buffer.BlockCopy(array.Values, at, buffer, 0, count);
                hash.AppendData(buffer, 0, count);
            }
        }

        _digests[name] = HexDigits.Of(hash.GetHashAndReset());
    }

    /// <summary>The digest, in hexadecimal digits.</summary>
    public override string ToString()
    {
        using var hash = SHA256.Create();
        return HexDigits.Of(hash.ComputeHash(Encoding.UTF8.GetBytes(string.Concat(_digests.Select(digest => $"{digest.Key}\0{digest.Value}\0")))));
    }
}
