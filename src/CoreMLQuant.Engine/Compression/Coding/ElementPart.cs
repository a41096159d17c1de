using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Models;
using CoreMLQuant.Packaging;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Compression.Coding;

/// <summary>
/// A part of one code for each element, of up to 8 bits, computed range by range. Ranges begin at multiples of 8, so
/// that codes of any width begin at a whole byte.
/// </summary>
internal abstract class ElementPart(EncodedWeight weight, ElementType type, long count, BitOrder order = BitOrder.LowestFirst) : OutputPart, IPlacedPart
{
    private const long JobElements = 1 << 20;

    private int _unwrittenJobs;

    public override long Length { get; } = type.ByteCount(count);

    private int JobCount => (int)((count + JobElements - 1) / JobElements);

    public void Place() => weight.AddPlace();

    public override IEnumerable<OutputJob> Split(long position)
    {
        ErrorMeter?[] meters = NewMeters(JobCount);
        _unwrittenJobs = JobCount;
        for (int i = 0; i < JobCount; i++)
        {
            yield return new EncodeJob(this, i * JobElements, position, meters[i]);
        }
    }

    public override void Fill(Span<byte> destination)
    {
        using var resident = ResidentValues.Load(weight.Values);
        weight.EnsurePrepared(resident, CancellationToken.None);
        EncodePacked(resident, 0, (int)count, destination, NewMeters(1)[0]);
        weight.Finish();
    }

    /// <summary>Meters for the jobs, where the part measures.</summary>
    protected virtual ErrorMeter?[] NewMeters(int jobs) => new ErrorMeter?[jobs];

    /// <summary>Computes a range.</summary>
    /// <param name="values">The weight.</param>
    /// <param name="start">First element; a multiple of 8.</param>
    /// <param name="codes">Takes one code a byte.</param>
    /// <param name="meter">Takes the error, where the part measures.</param>
    protected abstract void Encode(TensorValues values, long start, Span<byte> codes, ErrorMeter? meter);

    private void EncodePacked(TensorValues values, long start, int length, Span<byte> destination, ErrorMeter? meter)
    {
        if (type.BitWidth() == 8)
        {
            Encode(values, start, destination, meter);
            return;
        }

        byte[] codes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Encode(values, start, codes.AsSpan(0, length), meter);
            if (order == BitOrder.HighestFirst)
            {
                SubBytePacking.PackHighestFirst(codes.AsSpan(0, length), type.BitWidth(), destination);
            }
            else
            {
                SubBytePacking.Pack(codes.AsSpan(0, length), type.BitWidth(), destination);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(codes);
        }
    }

    private void FinishJob()
    {
        if (Interlocked.Decrement(ref _unwrittenJobs) == 0)
        {
            weight.Finish();
        }
    }

    private sealed class EncodeJob(ElementPart part, long start, long position, ErrorMeter? meter) : OutputJob
    {
        private long Count => Math.Min(JobElements, part.ElementCount - start);

        public override long SourceLength => part.SourceLengthOf(Count);

        public override void Run(OutputFile output, CancellationToken cancellationToken)
        {
            part.Weight.EnsurePrepared(null, cancellationToken);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(ValueTiles.Length);
            try
            {
                for (long done = 0; done < Count; done += ValueTiles.Length)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    int length = (int)Math.Min(ValueTiles.Length, Count - done);
                    Span<byte> packed = buffer.AsSpan(0, (int)part.Type.ByteCount(length));
                    part.EncodePacked(part.Weight.Values, start + done, length, packed, meter);
                    output.Write(position + part.Type.ByteCount(start + done), packed);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            part.FinishJob();
        }
    }

    private EncodedWeight Weight => weight;

    private ElementType Type => type;

    private long ElementCount => count;

    // Progress counts source bytes; a weight's own are read once for its main part.
    private long SourceLengthOf(long elements) => count == 0 ? 0 : (long)((double)elements / count * weight.SourceLength);
}
