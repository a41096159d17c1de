using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>
/// A part of one code for each element, of up to 8 bits, computed range by range. Ranges begin at multiples of 8, so
/// that codes of any width begin at a whole byte.
/// </summary>
internal abstract class ElementPart(EncodedWeight weight, ElementType type, long count) : OutputPart, IPlacedPart
{
    private const long JobElements = 1 << 20;

    private int _unwrittenJobs;

    public override long Length { get; } = type.ByteCount(count);

    /// <summary>The weight that the part belongs to.</summary>
    protected EncodedWeight Weight => weight;

    /// <summary>Type of a code.</summary>
    protected ElementType Type => type;

    /// <summary>Number of codes.</summary>
    protected long Count => count;

    public void Place() => weight.AddPlace();

    public override IEnumerable<OutputJob> Split(long position)
    {
        int jobs = checked((int)((count + JobElements - 1) / JobElements));
        ErrorMeter?[] meters = NewMeters(jobs);
        _unwrittenJobs = jobs;
        for (int i = 0; i < jobs; i++)
        {
            yield return new EncodeJob(this, i * JobElements, position, meters[i]);
        }
    }

    public override void Fill(Span<byte> destination)
    {
        ErrorMeter? meter = NewMeters(1)[0];
        if (weight.EncodesOnDemand)
        {
            Fill(weight.Values, destination, meter);
        }
        else
        {
            using var resident = ResidentValues.Load(weight.Values);
            weight.EnsurePrepared(resident, CancellationToken.None);
            Fill(resident, destination, meter);
        }

        weight.Finish();
    }

    private void Fill(TensorValues values, Span<byte> destination, ErrorMeter? meter)
    {
        for (long start = 0; start < count; start += ValueTiles.Length)
        {
            int length = (int)Math.Min(ValueTiles.Length, count - start);
            Encode(values, start, length, destination.Slice((int)type.ByteCount(start), (int)type.ByteCount(length)), meter);
        }
    }

    /// <summary>Meters for the jobs, where the part measures.</summary>
    protected virtual ErrorMeter?[] NewMeters(int jobs) => new ErrorMeter?[jobs];

    /// <summary>Computes a range.</summary>
    /// <param name="values">The weight.</param>
    /// <param name="start">First element; a multiple of 8.</param>
    /// <param name="length">Number of elements.</param>
    /// <param name="packed">Takes the codes, as many bytes as they fill.</param>
    /// <param name="meter">Takes the error, where the part measures.</param>
    protected abstract void Encode(TensorValues values, long start, int length, Span<byte> packed, ErrorMeter? meter);

    private sealed class EncodeJob(ElementPart part, long start, long position, ErrorMeter? meter) : OutputJob
    {
        private readonly long _count = Math.Min(JobElements, part.Count - start);

        // Progress counts source bytes.
        public override long SourceLength => (long)((double)_count / part.Count * part.Weight.SourceLength);

        public override void Run(OutputFile output, CancellationToken cancellationToken)
        {
            if (!part.Weight.EncodesOnDemand)
            {
                part.Weight.EnsurePrepared(null, cancellationToken);
            }

            byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Max(part.Type.ByteCount(ValueTiles.Length), 1));
            try
            {
                for (long done = 0; done < _count; done += ValueTiles.Length)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    int length = (int)Math.Min(ValueTiles.Length, _count - done);
                    Span<byte> packed = buffer.AsSpan(0, (int)part.Type.ByteCount(length));
                    part.Encode(part.Weight.Values, start + done, length, packed, meter);
                    output.Write(position + part.Type.ByteCount(start + done), packed);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            if (Interlocked.Decrement(ref part._unwrittenJobs) == 0)
            {
                part.Weight.Finish();
            }
        }
    }
}
