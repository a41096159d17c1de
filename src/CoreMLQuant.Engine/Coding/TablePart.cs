using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;

namespace CoreMLQuant.Coding;

/// <summary>One of the tables that decode a weight's codes.</summary>
internal sealed class TablePart(EncodedWeight weight, TensorCoder coder, int index) : OutputPart, IPlacedPart
{
    public override long Length { get; } = coder.Tables[index].Type.ByteCount(coder.Tables[index].Shape.Aggregate(1L, (product, dimension) => product * dimension));

    public void Place() => weight.AddPlace();

    public override IEnumerable<OutputJob> Split(long position) => [new WriteJob(this, position)];

    public override void Fill(Span<byte> destination) => Bytes(CancellationToken.None).CopyTo(destination);

    private byte[] Bytes(CancellationToken cancellationToken)
    {
        weight.EnsurePrepared(null, cancellationToken);
        byte[] bytes = coder.TableBytes(index);
        weight.Finish();
        return bytes;
    }

    private sealed class WriteJob(TablePart part, long position) : OutputJob
    {
        public override long SourceLength => 0;

        public override void Run(OutputFile output, CancellationToken cancellationToken) => output.Write(position, part.Bytes(cancellationToken));
    }
}
