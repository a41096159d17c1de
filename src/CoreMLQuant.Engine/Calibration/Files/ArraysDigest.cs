using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Files;

/// <summary>Tells whether arrays are what was written: SHA-256 of the names and values of all, whatever their order.</summary>
internal sealed class ArraysDigest
{
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
        using var hash = new FigureHash();
        if (array.Values is string[] texts)
        {
            hash.Add(texts);
        }
        else
        {
            hash.AddNumbers(array.Values);
        }

        _digests[name] = hash.Finish();
    }

    /// <summary>The digest, in hexadecimal digits.</summary>
    public override string ToString()
    {
        using var hash = new FigureHash();
        hash.Add(_digests.SelectMany(digest => new[] { digest.Key, digest.Value }));
        return hash.Finish();
    }
}
