using System;
using System.Buffers.Binary;

namespace CoreMLQuant.WeightBlobs;

/// <summary>
/// The 64-byte metadata record in front of a blob's data: sentinel, data type, size in bytes, absolute offset of the
/// data, unused bits of the last byte, 32 reserved bytes; little-endian. Storage version 2 of MILBlob.
/// </summary>
/// <param name="DataType">Type of the elements.</param>
/// <param name="Length">Bytes of data.</param>
/// <param name="DataOffset">Where the data begins in the file.</param>
/// <param name="PaddingBits">Unused bits of the last byte; meaningful for sub-byte types only.</param>
internal readonly record struct BlobRecord(BlobDataType DataType, long Length, long DataOffset, ulong PaddingBits)
{
    /// <summary>Bytes of a record, and the grid that records and data stand on.</summary>
    public const int Size = 64;

    /// <summary>The first four bytes of every record.</summary>
    public const uint Sentinel = 0xDEADBEEF;

    /// <summary>The file header's version field.</summary>
    public const uint StorageVersion = 2;

    /// <summary>Parses a record whose sentinel and bounds are still to be checked.</summary>
    public static (uint Sentinel, BlobDataType DataType, ulong Length, ulong DataOffset, ulong PaddingBits) Parse(ReadOnlySpan<byte> record) => (
        BinaryPrimitives.ReadUInt32LittleEndian(record),
        (BlobDataType)BinaryPrimitives.ReadUInt32LittleEndian(record.Slice(4)),
        BinaryPrimitives.ReadUInt64LittleEndian(record.Slice(8)),
        BinaryPrimitives.ReadUInt64LittleEndian(record.Slice(16)),
        BinaryPrimitives.ReadUInt64LittleEndian(record.Slice(24)));

    /// <summary>The record as bytes, reserved bytes zero.</summary>
    public byte[] ToBytes()
    {
        byte[] record = new byte[Size];
        Write(record);
        return record;
    }

    /// <summary>Writes the record.</summary>
    /// <param name="destination"><see cref="Size"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Sentinel);
        BinaryPrimitives.WriteUInt32LittleEndian(destination.Slice(4), (uint)DataType);
        BinaryPrimitives.WriteUInt64LittleEndian(destination.Slice(8), (ulong)Length);
        BinaryPrimitives.WriteUInt64LittleEndian(destination.Slice(16), (ulong)DataOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(destination.Slice(24), PaddingBits);
        destination.Slice(32, Size - 32).Clear();
    }

    /// <summary>The file header: number of blobs and storage version.</summary>
    public static byte[] Header(int count)
    {
        byte[] header = new byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)count);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), StorageVersion);
        return header;
    }

    /// <summary>The next multiple of 64.</summary>
    public static long Align(long offset) => checked(offset + Size - 1) / Size * Size;
}
