using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Models;

/// <summary>The blobs that values refer to, each once: weight files as the references call them, and offsets of records in order.</summary>
internal sealed class ReferencedBlobs
{
    private readonly Dictionary<string, ulong[]> _offsets;

    private ReferencedBlobs(Dictionary<string, ulong[]> offsets) => _offsets = offsets;

    /// <summary>The weight files, in the order of their first references.</summary>
    public IReadOnlyCollection<string> Files => _offsets.Keys;

    /// <summary>What values refer to.</summary>
    /// <param name="references">Values in weight files.</param>
    public static ReferencedBlobs Of(IEnumerable<Value> references)
    {
        var offsets = new Dictionary<string, List<ulong>>(StringComparer.Ordinal);
        foreach (Value value in references)
        {
            if (!offsets.TryGetValue(value.BlobFileValue.FileName, out List<ulong>? list))
            {
                offsets.Add(value.BlobFileValue.FileName, list = []);
            }

            list.Add(value.BlobFileValue.Offset);
        }

        return new ReferencedBlobs(offsets.ToDictionary(file => file.Key, file => Sorted(file.Value), StringComparer.Ordinal));
    }

    /// <summary>Offsets of the records that are referred to in a file, in order.</summary>
    public IReadOnlyList<ulong> In(string file) => _offsets[file];

    /// <summary>Whether all blobs of a file that another specification refers to are among these.</summary>
    public bool ContainsAll(ReferencedBlobs others, string file) =>
        _offsets.TryGetValue(file, out ulong[]? own) && Array.TrueForAll(others._offsets[file], offset => Array.BinarySearch(own, offset) >= 0);

    private static ulong[] Sorted(List<ulong> offsets)
    {
        offsets.Sort();
        int count = 0;
        for (int i = 0; i < offsets.Count; i++)
        {
            if (i == 0 || offsets[i] != offsets[i - 1])
            {
                offsets[count++] = offsets[i];
            }
        }

        offsets.RemoveRange(count, offsets.Count - count);
        return offsets.ToArray();
    }
}
