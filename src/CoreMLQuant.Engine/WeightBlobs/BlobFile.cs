using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Text;
using CoreMLQuant.Elements;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;

namespace CoreMLQuant.WeightBlobs;

/// <summary>A weight file opened for reading. References point at metadata records; every field of one is checked before use.</summary>
internal sealed class BlobFile : IDisposable
{
    private const string Damaged = "The weight file is damaged or belongs to another specification. Copy the package again.";

    // Planning asks for the same record several times; a read each time would cost more than the conversion of a small weight.
    private readonly ConcurrentDictionary<ulong, BlobRecord> _records;
    private readonly SourceFile _file;

    // Records of small weights stand close together: what is read for one has those behind it.
    private readonly byte[] _nearby = new byte[8 << 10];
    private long _nearbyStart;
    private int _nearbyLength;
    private readonly Lazy<IReadOnlyList<long>?> _walk;

    /// <summary>Opens a weight file and checks its header.</summary>
    /// <param name="relativePath">Path relative to the package.</param>
    /// <param name="fullPath">Full path.</param>
    /// <exception cref="CoreMLFormatException">The file is no weight file.</exception>
    public BlobFile(string relativePath, string fullPath)
    {
        RelativePath = relativePath;
        _walk = new Lazy<IReadOnlyList<long>?>(WalkRecords);
        _file = new SourceFile(fullPath);
        try
        {
            CheckHeader();

            // The room that all need: a table that grows makes every entry anew. A header may claim more than its file can hold.
            _records = new ConcurrentDictionary<ulong, BlobRecord>(Environment.ProcessorCount, (int)Math.Min(HeaderCount, _file.Length / (2 * BlobRecord.Size)));
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Path relative to the package, with <c>/</c>.</summary>
    public string RelativePath { get; }

    /// <summary>Number of blobs that the header claims.</summary>
    public uint HeaderCount { get; private set; }

    /// <summary>The record at an offset, checked.</summary>
    /// <param name="offset">Offset of the metadata record, as a reference gives it.</param>
    /// <param name="location">The value that refers to it, for errors.</param>
    /// <exception cref="CoreMLFormatException">The offset, sentinel, type or extent breaks a rule.</exception>
    public BlobRecord ReadRecord(ulong offset, string? location)
    {
        if (!_records.TryGetValue(offset, out BlobRecord record))
        {
            record = ParseRecord(offset, location);
            _records.TryAdd(offset, record);
        }

        return record;
    }

    /// <summary>The data of a record.</summary>
    public FileData DataOf(BlobRecord record) => new(_file, record.DataOffset, record.Length);

    /// <summary>
    /// Offsets of all records, found by walking the file; <see langword="null"/> when the walk meets anything
    /// but record after record, as in files that were not written in one go.
    /// </summary>
    public IReadOnlyList<long>? Walk() => _walk.Value;

    public void Dispose() => _file.Dispose();

    private BlobRecord ParseRecord(ulong offset, string? location)
    {
        if (offset % BlobRecord.Size != 0 || offset < BlobRecord.Size)
        {
            throw Error(FormatRule.InvalidBlobOffset, $"a weight refers to offset {offset}, which is not on the 64-byte grid of records.", null, location);
        }

        if (offset > (ulong)_file.Length || (ulong)_file.Length - offset < BlobRecord.Size)
        {
            throw Error(
                FormatRule.TruncatedWeightFile,
                $"a weight refers to offset {offset}, but the file ends at {_file.Length}.",
                null,
                location);
        }

        Span<byte> bytes = stackalloc byte[BlobRecord.Size];
        ReadNearby((long)offset, bytes);
        (uint sentinel, BlobDataType type, ulong length, ulong dataOffset, ulong padding) = BlobRecord.Parse(bytes);
        if (sentinel != BlobRecord.Sentinel)
        {
            throw Error(FormatRule.InvalidBlobSentinel, $"the record begins with 0x{sentinel:X8} instead of 0xDEADBEEF.", (long)offset, location);
        }

        ElementType element = type.ToElementType();
        if (element == ElementType.Unknown)
        {
            throw Error(FormatRule.BlobTypeMismatch, $"{(uint)type} is not a data type of weight files.", (long)offset, location);
        }

        if (dataOffset % BlobRecord.Size != 0 || dataOffset < BlobRecord.Size)
        {
            throw Error(FormatRule.InvalidBlobOffset, $"the data's offset {dataOffset} is not on the 64-byte grid.", (long)offset, location);
        }

        if (dataOffset > (ulong)_file.Length || (ulong)_file.Length - dataOffset < length)
        {
            throw Error(
                FormatRule.TruncatedWeightFile,
                $"the record claims {length} bytes of data at {dataOffset}, but the file ends at {_file.Length}.",
                (long)offset,
                location);
        }

        // Early writers left uninitialised memory in the padding of byte-sized types; only sub-byte types use it.
        return new BlobRecord(type, (long)length, (long)dataOffset, element.BitWidth() < 8 ? padding : 0);
    }

    private void ReadNearby(long offset, Span<byte> record)
    {
        lock (_nearby)
        {
            if (offset < _nearbyStart || offset + record.Length > _nearbyStart + _nearbyLength)
            {
                int length = (int)Math.Min(_nearby.Length, _file.Length - offset);
                _nearbyLength = 0;
                _file.ReadExactly(offset, _nearby.AsSpan(0, length));
                (_nearbyStart, _nearbyLength) = (offset, length);
            }

            _nearby.AsSpan((int)(offset - _nearbyStart), record.Length).CopyTo(record);
        }
    }

    private IReadOnlyList<long>? WalkRecords()
    {
        var offsets = new List<long>();
        try
        {
            for (long at = BlobRecord.Size; at < _file.Length;)
            {
                BlobRecord record = ReadRecord((ulong)at, null);
                if (record.DataOffset < at + BlobRecord.Size)
                {
                    return null;
                }

                offsets.Add(at);
                at = BlobRecord.Align(record.DataOffset + record.Length);
            }
        }
        catch (CoreMLFormatException)
        {
            return null;
        }

        return offsets;
    }

    private void CheckHeader()
    {
        byte[] header = new byte[(int)Math.Min(_file.Length, BlobRecord.Size)];
        _file.ReadExactly(0, header);
        if (Encoding.ASCII.GetString(header).StartsWith("version https://git-lfs", StringComparison.Ordinal))
        {
            throw new CoreMLFormatException(
                FormatRule.GitLfsPointer,
                _file.Path,
                "this is a Git LFS pointer, not the weights it points to.",
                "Run 'git lfs pull' in the repository it came from.",
                0);
        }

        if (header.Length < BlobRecord.Size)
        {
            throw Error(FormatRule.TruncatedWeightFile, $"the file has {_file.Length} bytes, but its header alone requires {BlobRecord.Size}.", 0, null);
        }

        (uint count, BlobDataType version, _, _, _) = BlobRecord.Parse(header);
        if ((uint)version != BlobRecord.StorageVersion)
        {
            throw Error(FormatRule.InvalidWeightFileHeader, $"the storage version is {(uint)version}; only version 2 is supported.", 4, null);
        }

        HeaderCount = count;
    }

    private CoreMLFormatException Error(FormatRule rule, string problem, long? offset, string? location) =>
        new(rule, _file.Path, problem, Damaged, offset, location);
}
