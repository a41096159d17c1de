using System;
using System.Buffers;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using CoreMLQuant.Files;

namespace CoreMLQuant.Benchmarks.Generation;

/// <summary>FP32 values that look like trained weights: bell-shaped, most of them small; the same for the same seed.</summary>
internal sealed class RandomWeights(long count, ulong seed) : OutputPart
{
    private const int JobElements = 1 << 20;

    public override long Length => count * sizeof(float);

    public override IEnumerable<OutputJob> Split(long position)
    {
        for (long start = 0; start < count; start += JobElements)
        {
            yield return new FillJob((int)Math.Min(JobElements, count - start), position + (start * sizeof(float)), seed + (ulong)start);
        }
    }

    public override void Fill(Span<byte> destination) => Generate(MemoryMarshal.Cast<byte, float>(destination), seed);

    private static void Generate(Span<float> values, ulong seed)
    {
        ulong state = (seed * 0x9E3779B97F4A7C15) | 1;
        for (int i = 0; i < values.Length; i++)
        {
            // The sum of four uniform 16-bit numbers is close enough to a normal distribution.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            int sum = (int)(state & 0xFFFF) + (int)((state >> 16) & 0xFFFF) + (int)((state >> 32) & 0xFFFF) + (int)(state >> 48);

            // The fraction uses all bits of FP32: trained weights are hardly ever equal, which costs clustering the most.
            float fraction = (state * 0x2545F4914F6CDD1D >> 40) * (1f / (1 << 24));
            values[i] = (sum - (2 * 65535) + fraction) * 1.2e-6f;
        }
    }

    private sealed class FillJob(int count, long position, ulong seed) : OutputJob
    {
        public override long SourceLength => 0;

        public override void Run(OutputFile output, CancellationToken cancellationToken)
        {
            float[] values = ArrayPool<float>.Shared.Rent(count);
            Generate(values.AsSpan(0, count), seed);
            output.Write(position, MemoryMarshal.AsBytes(values.AsSpan(0, count)));
            ArrayPool<float>.Shared.Return(values);
        }
    }
}
