using System;
using System.Collections.Generic;
using CoreMLQuant.Files;

namespace CoreMLQuant.WeightBlobs;

/// <summary>The record in front of a blob's data. There are as many as blobs, so that the bytes are made when they are written.</summary>
internal sealed class RecordPart(BlobRecord record) : OutputPart
{
    public override long Length => BlobRecord.Size;

    public override IEnumerable<OutputJob> Split(long position) => new LiteralPart(record.ToBytes()).Split(position);

    public override void Fill(Span<byte> destination) => record.Write(destination);
}
