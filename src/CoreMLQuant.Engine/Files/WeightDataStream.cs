using System;
using System.IO;

namespace CoreMLQuant.Files;

/// <summary>Stored bytes as a stream, for libraries that read streams.</summary>
internal sealed class WeightDataStream(WeightData data) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => data.Length;

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count)
    {
        int length = (int)Math.Max(0, Math.Min(count, Length - Position));
        data.Read(Position, buffer.AsSpan(offset, length));
        Position += length;
        return length;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Current => Position,
        SeekOrigin.End => Length,
        _ => 0,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
