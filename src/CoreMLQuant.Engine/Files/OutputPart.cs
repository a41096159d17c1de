using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;

namespace CoreMLQuant.Files;

/// <summary>Bytes that will stand in an output file. The length is known before a byte is computed.</summary>
internal abstract class OutputPart
{
    /// <summary>Number of bytes in the output.</summary>
    public abstract long Length { get; }

    /// <summary>The work that writes this part, cut into pieces that may run in any order and at once.</summary>
    /// <param name="position">Where the part begins in its file.</param>
    public abstract IEnumerable<OutputJob> Split(long position);

    /// <summary>Computes the whole part into memory. For small parts, which are written several at a time.</summary>
    /// <param name="destination">As many bytes as the part has.</param>
    public abstract void Fill(Span<byte> destination);
}

/// <summary>One piece of work on an output file.</summary>
internal abstract class OutputJob
{
    /// <summary>Source bytes that the piece reads, for progress.</summary>
    public abstract long SourceLength { get; }

    /// <summary>Reads, computes and writes.</summary>
    public abstract void Run(OutputFile output, CancellationToken cancellationToken);
}

/// <summary>Bytes at hand.</summary>
internal sealed class LiteralPart(ReadOnlyMemory<byte> bytes) : OutputPart
{
    public override long Length => bytes.Length;

    public override IEnumerable<OutputJob> Split(long position) => [new WriteJob(bytes, position)];

    public override void Fill(Span<byte> destination) => bytes.Span.CopyTo(destination);

    private sealed class WriteJob(ReadOnlyMemory<byte> bytes, long position) : OutputJob
    {
        public override long SourceLength => 0;

        public override void Run(OutputFile output, CancellationToken cancellationToken) =>
            output.Write(position, bytes.Span);
    }
}

/// <summary>Bytes carried over as they are.</summary>
internal sealed class CopiedPart(WeightData source) : OutputPart, IDisposable
{
    // Large enough that a job's overhead is nothing, small enough that a big tensor keeps all workers busy.
    private const long JobLength = 8 << 20;
    private const int TileLength = 256 << 10;

    public override long Length => source.Length;

    public override IEnumerable<OutputJob> Split(long position)
    {
        for (long start = 0; start < source.Length; start += JobLength)
        {
            yield return new CopyJob(source, start, Math.Min(JobLength, source.Length - start), position + start);
        }
    }

    public override void Fill(Span<byte> destination) => source.Read(0, destination);

    /// <summary>Closes a file that was opened for the copy alone.</summary>
    public void Dispose() => (source as IDisposable)?.Dispose();

    private sealed class CopyJob(WeightData source, long start, long length, long position) : OutputJob
    {
        public override long SourceLength => length;

        public override void Run(OutputFile output, CancellationToken cancellationToken)
        {
            byte[] tile = ArrayPool<byte>.Shared.Rent((int)Math.Min(length, TileLength));
            try
            {
                for (long done = 0; done < length;)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Span<byte> bytes = tile.AsSpan(0, (int)Math.Min(tile.Length, length - done));
                    source.Read(start + done, bytes);
                    output.Write(position + done, bytes);
                    done += bytes.Length;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(tile);
            }
        }
    }
}
