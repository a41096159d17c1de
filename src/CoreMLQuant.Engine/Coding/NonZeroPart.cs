using System;
using System.Buffers;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>
/// The values of a sparse weight that are not zero, one after the other: as they are, or as codes. Where there is none, one zero,
/// since a tensor has a value at least.
/// </summary>
internal sealed class NonZeroPart(EncodedWeight weight, ScalarCoder? coder, ElementType elementType, long count) : OutputPart, IPlacedPart, IMeasuringPart
{
    /// <summary>Type of what is stored.</summary>
    public ElementType Type { get; } = coder?.CodeType ?? elementType;

    /// <summary>Number of values that are stored.</summary>
    public long StoredCount { get; } = Math.Max(count, 1);

    public override long Length => Type.ByteCount(StoredCount);

    public void Place() => weight.AddPlace();

    // A value's place depends on how many come before it, so there is one job.
    public override IEnumerable<OutputJob> Split(long position) => [new WriteJob(this, weight.NewMeter(), weight.SourceLength, position)];

    public override void Fill(Span<byte> destination)
    {
        using var resident = ResidentValues.Load(weight.Values);
        weight.EnsurePrepared(resident, CancellationToken.None);
        var sink = new CodeSink(Type, null, 0, destination);
        Write(resident, ref sink, weight.NewMeter(), CancellationToken.None);
        weight.Finish();
    }

    // A sink without a file and without room keeps nothing.
    public void Measure(ErrorMeter meter, CancellationToken cancellationToken)
    {
        var sink = new CodeSink(Type, null, 0, default);
        Write(weight.Values, ref sink, meter, cancellationToken);
    }

    private void Write(TensorValues values, ref CodeSink sink, ErrorMeter meter, CancellationToken cancellationToken)
    {
        float[] source = ArrayPool<float>.Shared.Rent(CodeSink.LargestReservation);
        float[] pruned = ArrayPool<float>.Shared.Rent(CodeSink.LargestReservation);
        float[] decoded = ArrayPool<float>.Shared.Rent(CodeSink.LargestReservation);
        byte[] codes = ArrayPool<byte>.Shared.Rent(CodeSink.LargestReservation);
        try
        {
            for (long start = 0; start < values.Count; start += CodeSink.LargestReservation)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int length = (int)Math.Min(CodeSink.LargestReservation, values.Count - start);
                Span<float> before = source.AsSpan(0, length), after = pruned.AsSpan(0, length), result = decoded.AsSpan(0, length);
                values.Read(start, before);
                before.CopyTo(after);
                weight.Prune(start, after);
                if (coder is null)
                {
                    sink.Advance(Compact(after, sink.Reserve(length)));
                    meter.Add(before, after);
                }
                else
                {
                    coder.EncodeTile(start, after, codes.AsSpan(0, length), result);
                    sink.Advance(SparseKernel.Compact<byte>(after, codes, sink.Reserve(length)));
                    SparseKernel.ClearZeros(after, result);
                    meter.Add(before, result);
                }
            }

            if (count == 0)
            {
                sink.Reserve(1).Slice(0, (int)Type.ByteCount(1)).Clear();
                sink.Advance(1);
            }

            sink.Complete(StoredCount);
        }
        finally
        {
            sink.Dispose();
            ArrayPool<float>.Shared.Return(source);
            ArrayPool<float>.Shared.Return(pruned);
            ArrayPool<float>.Shared.Return(decoded);
            ArrayPool<byte>.Shared.Return(codes);
        }
    }

    private int Compact(ReadOnlySpan<float> values, Span<byte> destination) => elementType == ElementType.Float16
        ? SparseKernel.CompactHalves(values, MemoryMarshal.Cast<byte, ushort>(destination))
        : SparseKernel.Compact(values, MemoryMarshal.Cast<byte, float>(destination));

    private sealed class WriteJob(NonZeroPart part, ErrorMeter meter, long sourceLength, long position) : OutputJob
    {
        public override long SourceLength => sourceLength;

        public override void Run(OutputFile output, CancellationToken cancellationToken)
        {
            part.Weight.EnsurePrepared(null, cancellationToken);
            var sink = new CodeSink(part.Type, output, position, default);
            part.Write(part.Weight.Values, ref sink, meter, cancellationToken);
            part.Weight.Finish();
        }
    }

    private EncodedWeight Weight => weight;
}
