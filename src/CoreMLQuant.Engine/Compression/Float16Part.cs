using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using CoreMLQuant.Packaging;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Compression;

/// <summary>FP32 data that is written as FP16, measured on the way.</summary>
internal sealed class Float16Part : OutputPart, IMeasuredPart
{
    private const int TileElements = 64 << 10;
    private const long JobElements = 1 << 20;

    private readonly WeightData _source;
    private readonly bool _keepNonZero;
    private readonly ErrorMeter[] _meters;

    /// <summary>Plans the conversion of a weight.</summary>
    /// <param name="source">Little-endian FP32 values.</param>
    /// <param name="keepNonZero">Whether values that underflow become the smallest subnormal.</param>
    public Float16Part(WeightData source, bool keepNonZero)
    {
        _source = source;
        _keepNonZero = keepNonZero;
        ElementCount = source.Length / sizeof(float);
        _meters = Enumerable.Range(0, checked((int)((ElementCount + JobElements - 1) / JobElements))).Select(_ => new ErrorMeter()).ToArray();
    }

    /// <summary>Number of values.</summary>
    public long ElementCount { get; }

    public override long Length => ElementCount * sizeof(ushort);

    public WeightError Error => ErrorMeter.Total(_meters);

    public override IEnumerable<OutputJob> Split(long position) =>
        _meters.Select((meter, index) => new EncodeJob(this, index * JobElements, position, meter));

    public override void Fill(Span<byte> destination)
    {
        int count = (int)ElementCount;
        float[] values = ArrayPool<float>.Shared.Rent(count);
        try
        {
            Span<float> source = values.AsSpan(0, count);
            _source.Read(0, MemoryMarshal.AsBytes(source));
            Float16Kernel.Encode(source, MemoryMarshal.Cast<byte, ushort>(destination), _keepNonZero, _meters[0]);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
        }
    }

    private sealed class EncodeJob(Float16Part part, long start, long position, ErrorMeter meter) : OutputJob
    {
        private long Count => Math.Min(JobElements, part.ElementCount - start);

        public override long SourceLength => Count * sizeof(float);

        public override void Run(OutputFile output, CancellationToken cancellationToken)
        {
            int tile = (int)Math.Min(TileElements, Count);
            float[] values = ArrayPool<float>.Shared.Rent(tile);
            ushort[] halves = ArrayPool<ushort>.Shared.Rent(tile);
            try
            {
                for (long done = 0; done < Count; done += tile)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Span<float> source = values.AsSpan(0, (int)Math.Min(tile, Count - done));
                    Span<ushort> destination = halves.AsSpan(0, source.Length);
                    part._source.Read((start + done) * sizeof(float), MemoryMarshal.AsBytes(source));
                    Float16Kernel.Encode(source, destination, part._keepNonZero, meter);
                    output.Write(position + ((start + done) * sizeof(ushort)), MemoryMarshal.AsBytes(destination));
                }
            }
            finally
            {
                ArrayPool<float>.Shared.Return(values);
                ArrayPool<ushort>.Shared.Return(halves);
            }
        }
    }
}
