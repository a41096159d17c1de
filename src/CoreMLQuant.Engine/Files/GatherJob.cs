using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace CoreMLQuant.Files;

/// <summary>Several neighbouring parts, computed into one buffer and written with one call.</summary>
/// <param name="parts">All parts of the file.</param>
/// <param name="first">The first of these.</param>
/// <param name="count">Number of these.</param>
internal sealed class GatherJob(IReadOnlyList<PlacedPart> parts, int first, int count) : OutputJob
{
    /// <summary>Most bytes that are gathered; fits the second-level cache.</summary>
    public const int MaxLength = 256 << 10;

    // What is gathered is a small share of a model's bytes; its output length is near enough for progress.
    public override long SourceLength => Enumerable.Range(first, count).Sum(index => parts[index].Part is LiteralPart ? 0 : parts[index].Part.Length);

    public override void Run(OutputFile output, CancellationToken cancellationToken)
    {
        long start = parts[first].Position;
        (long lastPosition, OutputPart last) = parts[first + count - 1];
        int length = (int)(lastPosition + last.Length - start);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Array.Clear(buffer, 0, length);
            for (int i = first; i < first + count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                (long position, OutputPart part) = parts[i];
                part.Fill(buffer.AsSpan((int)(position - start), (int)part.Length));
            }

            output.Write(start, buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
