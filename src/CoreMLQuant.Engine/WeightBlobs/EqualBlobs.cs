using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using CoreMLQuant.Errors;

namespace CoreMLQuant.WeightBlobs;

/// <summary>
/// Finds blobs of one weight file that hold the same bytes as the same type. Only what agrees in type, length and a few samples is
/// read as a whole, so a file without duplicates is hardly read.
/// </summary>
internal static class EqualBlobs
{
    private const int SampleLength = 64;
    private const int BufferLength = 1 << 20;

    /// <summary>Finds the duplicates.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offsets">Offsets of the records to look at, as references give them. What is no blob is passed over.</param>
    /// <returns>By the offset of a blob's record, that of the first blob that equals it.</returns>
    public static IReadOnlyDictionary<ulong, ulong> Find(BlobFile file, IEnumerable<ulong> offsets)
    {
        var first = new Dictionary<ulong, ulong>();
        foreach (IGrouping<string, Blob> alike in offsets.Distinct().OrderBy(offset => offset)
            .Select(offset => Read(file, offset))
            .OfType<Blob>()
            .GroupBy(blob => (blob.Record.DataType, blob.Record.Length, blob.Record.PaddingBits))
            .Where(group => group.Skip(1).Any())
            .SelectMany(group => group.GroupBy(blob => Samples(file, blob)))
            .Where(group => group.Skip(1).Any()))
        {
            foreach (IGrouping<string, Blob> equal in alike.GroupBy(blob => Digest(file, blob)))
            {
                foreach (Blob blob in equal.Skip(1))
                {
                    first.Add(blob.Offset, equal.First().Offset);
                }
            }
        }

        return first;
    }

    private static Blob? Read(BlobFile file, ulong offset)
    {
        try
        {
            return new Blob(offset, file.ReadRecord(offset, null));
        }
        catch (CoreMLFormatException)
        {
            return null;
        }
    }

    private static string Samples(BlobFile file, Blob blob)
    {
        long length = blob.Record.Length;
        int sample = (int)Math.Min(length, SampleLength);
        byte[] bytes = new byte[3 * sample];
        long[] starts = [0, (length - sample) / 2, length - sample];
        for (int i = 0; i < starts.Length; i++)
        {
            file.DataOf(blob.Record).Read(starts[i], bytes.AsSpan(i * sample, sample));
        }

        return Convert.ToBase64String(bytes);
    }

    private static string Digest(BlobFile file, Blob blob)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            for (long done = 0; done < blob.Record.Length; done += BufferLength)
            {
                int count = (int)Math.Min(BufferLength, blob.Record.Length - done);
                file.DataOf(blob.Record).Read(done, buffer.AsSpan(0, count));
                hash.AppendData(buffer, 0, count);
            }

            return Convert.ToBase64String(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private sealed record Blob(ulong Offset, BlobRecord Record);
}
