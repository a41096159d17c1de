using System;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Files;

namespace CoreMLQuant.Coding;

/// <summary>A small part that is known once the whole weight has been looked at.</summary>
/// <param name="weight">The weight.</param>
/// <param name="length">Bytes of the part.</param>
internal abstract class DerivedPart(EncodedWeight weight, long length) : OutputPart, IPlacedPart
{
    public override long Length { get; } = length;

    /// <summary>The weight.</summary>
    protected EncodedWeight Weight => weight;

    public void Place() => weight.AddPlace();

    public override IEnumerable<OutputJob> Split(long position) => [new WriteJob(this, position)];

    public override void Fill(Span<byte> destination) => Prepared(CancellationToken.None).CopyTo(destination);

    /// <summary>The bytes, now that the weight is prepared.</summary>
    protected abstract byte[] Bytes();

    private byte[] Prepared(CancellationToken cancellationToken)
    {
        weight.EnsurePrepared(null, cancellationToken);
        byte[] bytes = Bytes();
        weight.Finish();
        return bytes;
    }

    private sealed class WriteJob(DerivedPart part, long position) : OutputJob
    {
        public override long SourceLength => 0;

        public override void Run(OutputFile output, CancellationToken cancellationToken) => output.Write(position, part.Prepared(cancellationToken));
    }
}
