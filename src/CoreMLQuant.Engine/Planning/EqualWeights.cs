using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.WeightBlobs;

namespace CoreMLQuant.Planning;

/// <summary>Weights of ML Programs with the same bytes, which then are one blob. Planners see what refers to one blob as one weight that is shared.</summary>
internal static class EqualWeights
{
    /// <summary>Makes all references to equal blobs refer to the first of them.</summary>
    /// <param name="source">The model that the weights are in.</param>
    /// <param name="specification">Its specification; edited.</param>
    /// <returns>What was saved, for the reader; <see langword="null"/> when no two are equal.</returns>
    public static string? Merge(ModelFile source, Model specification)
    {
        int merged = 0;
        long saved = 0;
        foreach (IGrouping<string, Value> references in MilValues.BlobReferences(specification).GroupBy(value => source.WeightFile(value.BlobFileValue.FileName).RelativePath))
        {
            BlobFile file = source.WeightFile(references.First().BlobFileValue.FileName);
            IReadOnlyDictionary<ulong, ulong> equal = EqualBlobs.Find(file, references.Select(value => value.BlobFileValue.Offset));
            foreach (Value value in references)
            {
                value.BlobFileValue.Offset = equal.TryGetValue(value.BlobFileValue.Offset, out ulong first) ? first : value.BlobFileValue.Offset;
            }

            merged += equal.Count;
            saved += equal.Keys.Sum(offset => file.ReadRecord(offset, null).Length);
        }

        return merged == 0 ? null
            : FormattableString.Invariant($"{(merged == 1 ? "1 weight is identical to another and is stored once" : $"{merged} weights are identical to others and are stored once")}, which saves {saved} bytes of the source");
    }
}
