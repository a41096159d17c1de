using System;

namespace CoreMLQuant.Files;

/// <summary>Bytes of a weight, wherever they stand: in a file, not yet read, or in memory.</summary>
internal abstract class WeightData
{
    /// <summary>Number of bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> on; the range must lie within the data.</summary>
    public abstract void Read(long offset, Span<byte> destination);

    /// <summary>All bytes in one array. For data that is known to be small.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[checked((int)Length)];
        Read(0, bytes);
        return bytes;
    }
}

/// <summary>A range of a file that is read when it is needed.</summary>
internal sealed class FileData(SourceFile file, long offset, long length) : WeightData
{
    /// <summary>The file.</summary>
    public SourceFile File { get; } = file;

    /// <summary>Where the data begins in it.</summary>
    public long Offset { get; } = offset;

    public override long Length { get; } = length;

    public override void Read(long offset, Span<byte> destination) => File.ReadExactly(Offset + offset, destination);
}

/// <summary>Bytes that were read with the specification.</summary>
internal sealed class MemoryData(ReadOnlyMemory<byte> bytes) : WeightData
{
    public override long Length => bytes.Length;

    public override void Read(long offset, Span<byte> destination) =>
        bytes.Span.Slice(checked((int)offset), destination.Length).CopyTo(destination);
}
