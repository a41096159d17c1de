using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace CoreMLQuant.Files;

/// <summary>Several neighbouring parts, computed into one buffer and written with one call.</summary>
internal sealed class GatherJob(IReadOnlyList<(long Position, OutputPart Part)> parts) : OutputJob
{
    /// <summary>Most bytes that are gathered; fits the second-level cache.</summary>
    public const int MaxLength = 256 << 10;

    // What is gathered is a small share of a model's bytes; its output length is near enough for progress.
    public override long SourceLength => parts.Sum(part => part.Part is LiteralPart ? 0 : part.Part.Length);

    public override void Run(OutputFile output, CancellationToken cancellationToken)
    {
        long start = parts[0].Position;
        (long lastPosition, OutputPart last) = parts[parts.Count - 1];
        int length = (int)(lastPosition + last.Length - start);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Array.Clear(buffer, 0, length);
            foreach ((long position, OutputPart part) in parts)
            {
                cancellationToken.ThrowIfCancellationRequested();
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
