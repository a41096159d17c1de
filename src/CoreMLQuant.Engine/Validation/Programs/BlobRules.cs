using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Errors;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.WeightBlobs;

namespace CoreMLQuant.Validation.Programs;

/// <summary>Rules for weight files as a whole. What single references break is told where they stand.</summary>
internal static class BlobRules
{
    /// <summary>Checks the weight files that a model refers to, and the references that stand in no operation.</summary>
    /// <param name="file">The model.</param>
    /// <param name="specification">Its messages.</param>
    /// <param name="seen">The values in weight files that have been checked.</param>
    /// <param name="findings">Takes what is found.</param>
    public static void Check(ModelFile file, Model specification, HashSet<Value> seen, FindingList findings)
    {
        var references = new Dictionary<BlobFile, SortedDictionary<ulong, BlobRecord>>();
        foreach (Value value in MilValues.BlobReferences(specification))
        {
            if (seen.Add(value))
            {
                findings.Read(() => TensorData.Of(file, file.Payloads, value, "attributes"));
            }

            try
            {
                BlobFile blobs = file.WeightFile(value.BlobFileValue.FileName);
                if (!references.TryGetValue(blobs, out SortedDictionary<ulong, BlobRecord>? records))
                {
                    references.Add(blobs, records = []);
                }

                records[value.BlobFileValue.Offset] = blobs.ReadRecord(value.BlobFileValue.Offset, null);
            }
            catch (CoreMLFormatException)
            {
                // That has been told with the value.
            }
        }

        foreach ((BlobFile blobs, SortedDictionary<ulong, BlobRecord> records) in references.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key.RelativePath, StringComparer.Ordinal))
        {
            string path = file.Container.FullPath(blobs.RelativePath);
            CheckOverlap(records, path, findings);
            CheckCompleteness(blobs, records, path, findings);
        }
    }

    private static void CheckOverlap(SortedDictionary<ulong, BlobRecord> records, string path, FindingList findings)
    {
        var extents = new List<(long Start, long End, ulong Record, bool IsData)>(records.Count * 2);
        foreach (KeyValuePair<ulong, BlobRecord> record in records)
        {
            extents.Add(((long)record.Key, (long)record.Key + BlobRecord.Size, record.Key, false));
            extents.Add((record.Value.DataOffset, record.Value.DataOffset + record.Value.Length, record.Key, true));
        }

        extents.Sort();
        for (int i = 1, last = 0; i < extents.Count; i++)
        {
            // Two records of exactly the same data are merely thrifty.
            bool isShared = extents[i].IsData && (extents[i].Start, extents[i].End, true) == (extents[last].Start, extents[last].End, extents[last].IsData);
            if (extents[i].Start < extents[last].End && !isShared)
            {
                findings.Add(ValidationRule.OverlappingBlobs, $"offset {extents[i].Start}", $"the blobs with records at {extents[last].Record} and {extents[i].Record} share bytes.", path);
            }

            last = extents[i].End > extents[last].End ? i : last;
        }
    }

    private static void CheckCompleteness(BlobFile blobs, SortedDictionary<ulong, BlobRecord> records, string path, FindingList findings)
    {
        // A file that was not written in one go cannot be walked, and tells nothing more.
        if (blobs.Walk() is not { } all)
        {
            return;
        }

        if (all.Count != blobs.HeaderCount)
        {
            findings.Add(ValidationRule.BlobCount, "header", $"the header tells of {blobs.HeaderCount} blobs; there are {all.Count}.", path);
        }

        foreach (long offset in all.Where(offset => !records.ContainsKey((ulong)offset)))
        {
            BlobRecord record = blobs.ReadRecord((ulong)offset, null);
            findings.Add(ValidationRule.UnreferencedBlob, $"offset {offset}", $"nothing refers to the blob of {record.Length} bytes ({record.DataType}).", path);
        }
    }
}
