using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;

namespace CoreMLQuant.WeightBlobs;

/// <summary>
/// Finds blobs that hold the same bytes as the same type. Only what agrees in type, length and a few samples is
/// read as a whole, so a file without duplicates is hardly read.
/// </summary>
internal static class EqualBlobs
{
    private const int SampleLength = 64;
    private const int BufferLength = 1 << 20;

    // One read of this takes less time than three of a few bytes each.
    private const int SmallLength = 4 << 10;

    /// <summary>Finds the duplicates in one file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offsets">Offsets of the records to look at, as references give them. What is no blob is passed over.</param>
    /// <returns>By the offset of a blob's record, that of the first blob that equals it.</returns>
    public static IReadOnlyDictionary<ulong, ulong> Find(BlobFile file, IEnumerable<ulong> offsets) =>
        Find(offsets.OrderBy(offset => offset).Select(offset => new BlobReference(file, offset))).ToDictionary(pair => pair.Key.Offset, pair => pair.Value.Offset);

    /// <summary>Finds the duplicates in any files.</summary>
    /// <param name="references">The blobs to look at. What is no blob is passed over.</param>
    /// <returns>By blob, the first one in the order of <paramref name="references"/> that equals it.</returns>
    public static IReadOnlyDictionary<BlobReference, BlobReference> Find(IEnumerable<BlobReference> references)
    {
        var first = new Dictionary<BlobReference, BlobReference>();
        foreach (IGrouping<string, Blob> alike in references.Distinct()
            .Select(Read)
            .OfType<Blob>()
            .GroupBy(blob => (blob.Record.DataType, blob.Record.Length, blob.Record.PaddingBits))
            .Where(group => group.Skip(1).Any())
            .SelectMany(group => group.GroupBy(Samples))
            .Where(group => group.Skip(1).Any()))
        {
            foreach (IGrouping<string, Blob> equal in alike.GroupBy(Digest))
            {
                foreach (Blob blob in equal.Skip(1))
                {
                    first.Add(blob.Reference, equal.First().Reference);
                }
            }
        }

        return first;
    }

    private static Blob? Read(BlobReference reference)
    {
        try
        {
            return new Blob(reference, reference.Record);
        }
        catch (CoreMLFormatException)
        {
            return null;
        }
    }

    private static string Samples(Blob blob)
    {
        long length = blob.Record.Length;
        int sample = (int)Math.Min(length, SampleLength);
        byte[] bytes = new byte[3 * sample];
        long[] starts = [0, (length - sample) / 2, length - sample];
        WeightData data = blob.Reference.File.DataOf(blob.Record);
        Span<byte> small = length <= SmallLength ? stackalloc byte[(int)length] : default;
        data.Read(0, small);
        for (int i = 0; i < starts.Length; i++)
        {
            Span<byte> target = bytes.AsSpan(i * sample, sample);
            if (small.IsEmpty)
            {
                data.Read(starts[i], target);
            }
            else
            {
                small.Slice((int)starts[i], sample).CopyTo(target);
            }
        }

        return Convert.ToBase64String(bytes);
    }

    private static string Digest(Blob blob)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            for (long done = 0; done < blob.Record.Length; done += BufferLength)
            {
                int count = (int)Math.Min(BufferLength, blob.Record.Length - done);
                blob.Reference.File.DataOf(blob.Record).Read(done, buffer.AsSpan(0, count));
                hash.AppendData(buffer, 0, count);
            }

            return Convert.ToBase64String(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private sealed record Blob(BlobReference Reference, BlobRecord Record);
}
