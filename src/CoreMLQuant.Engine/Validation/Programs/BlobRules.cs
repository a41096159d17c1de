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
    /// <param name="findings">Takes what is found.</param>
    public static void Check(ModelFile file, Model specification, FindingList findings)
    {
        foreach (Value value in MilValues.AttributeReferences(specification))
        {
            findings.Read(() => TensorData.Of(file, file.Payloads, value, "attributes"));
        }

        Dictionary<BlobFile, ulong[]> records = RecordsOf(file, specification);
        foreach (BlobFile blobs in records.Keys.OrderBy(blobs => blobs.RelativePath, StringComparer.Ordinal))
        {
            string path = file.Container.FullPath(blobs.RelativePath);
            CheckOverlap(blobs, records[blobs], path, findings);
            CheckCompleteness(blobs, records[blobs], path, findings);
        }
    }

    /// <summary>Offsets of the records that are referred to in each file, in order. What keeps others from being read is told with the values.</summary>
    private static Dictionary<BlobFile, ulong[]> RecordsOf(ModelFile file, Model specification)
    {
        var referenced = ReferencedBlobs.Of(MilValues.BlobReferences(specification));
        var records = new Dictionary<BlobFile, ulong[]>();
        foreach (string name in referenced.Files)
        {
            if (Open(file, name) is { } blobs)
            {
                var offsets = new List<ulong>();
                foreach (ulong offset in referenced.In(name))
                {
                    if (IsReadable(blobs, offset))
                    {
                        offsets.Add(offset);
                    }
                }

                // Two spellings of a reference may mean the same file.
                records[blobs] = records.TryGetValue(blobs, out ulong[]? others) ? offsets.Concat(others).Distinct().OrderBy(offset => offset).ToArray() : offsets.ToArray();
            }
        }

        return records;
    }

    private static BlobFile? Open(ModelFile file, string name)
    {
        try
        {
            return file.WeightFile(name);
        }
        catch (CoreMLFormatException)
        {
            return null;
        }
    }

    private static bool IsReadable(BlobFile blobs, ulong offset)
    {
        try
        {
            blobs.ReadRecord(offset, null);
            return true;
        }
        catch (CoreMLFormatException)
        {
            return false;
        }
    }

    private static void CheckOverlap(BlobFile blobs, ulong[] records, string path, FindingList findings)
    {
        if (IsInOrder(blobs, records))
        {
            return;
        }

        var extents = new List<(long Start, long End, ulong Record, bool IsData)>(records.Length * 2);
        foreach (ulong offset in records)
        {
            BlobRecord record = blobs.ReadRecord(offset, null);
            extents.Add(((long)offset, (long)offset + BlobRecord.Size, offset, false));
            extents.Add((record.DataOffset, record.DataOffset + record.Length, offset, true));
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

    // As a file is that was written in one go: data behind each record and before the next.
    private static bool IsInOrder(BlobFile blobs, ulong[] records)
    {
        long end = 0;
        foreach (ulong offset in records)
        {
            BlobRecord record = blobs.ReadRecord(offset, null);
            if ((long)offset < end || record.DataOffset < (long)offset + BlobRecord.Size)
            {
                return false;
            }

            end = record.DataOffset + record.Length;
        }

        return true;
    }

    private static void CheckCompleteness(BlobFile blobs, ulong[] records, string path, FindingList findings)
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

        foreach (long offset in all)
        {
            if (Array.BinarySearch(records, (ulong)offset) < 0)
            {
                BlobRecord record = blobs.ReadRecord((ulong)offset, null);
                findings.Add(ValidationRule.UnreferencedBlob, $"offset {offset}", $"nothing refers to the blob of {record.Length} bytes ({record.DataType}).", path);
            }
        }
    }
}
