using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>
/// Values that are written as plain elements of a type, measured on the way: FP32, FP16 (finite values beyond it saturate), or
/// integers of up to 8 bits, which the values must be.
/// </summary>
internal sealed class ValuesPart : OutputPart, IMeasuredPart
{
    // A multiple of 8, so that elements of any width begin at a whole byte.
    private const long JobElements = 1 << 20;

    private readonly TensorValues _values;
    private readonly ElementType _type;
    private readonly long _sourceLength;
    private readonly bool _keepNonZero;

    // Of a weight that is one job, of which there may be tens of thousands, figures are kept and no meter.
    private ErrorMeter[] _meters = [];
    private WeightError? _error;

    /// <summary>Plans the writing of a weight.</summary>
    /// <param name="values">The values.</param>
    /// <param name="type">Type of the elements.</param>
    /// <param name="sourceLength">Bytes that reading all values takes, for progress.</param>
    /// <param name="keepNonZero">Whether values that underflow in FP16 become the smallest subnormal.</param>
    public ValuesPart(TensorValues values, ElementType type, long sourceLength, bool keepNonZero = false)
    {
        _values = values;
        _type = type;
        _sourceLength = sourceLength;
        _keepNonZero = keepNonZero;
    }

    public override long Length => _type.ByteCount(_values.Count);

    public WeightError Error => _error ?? ErrorMeter.Total(_meters);

    public LayerError? LayerError => null;

    public string Remark => string.Empty;

    /// <summary>FP32 data as FP16.</summary>
    /// <param name="source">Little-endian FP32 values.</param>
    /// <param name="keepNonZero">Whether values that underflow become the smallest subnormal.</param>
    public static ValuesPart Float16(WeightData source, bool keepNonZero) =>
        new(new StoredValues(source, ElementType.Float32, source.Length / sizeof(float)), ElementType.Float16, source.Length, keepNonZero);

    public override IEnumerable<OutputJob> Split(long position)
    {
        _meters = new ErrorMeter[checked((int)((_values.Count + JobElements - 1) / JobElements))];
        for (int i = 0; i < _meters.Length; i++)
        {
            _meters[i] = new ErrorMeter();
        }

        return _meters.Select((meter, index) => new WriteJob(this, index * JobElements, position, meter));
    }

    public override void Fill(Span<byte> destination)
    {
        if (_values.Count > 0)
        {
            var meter = new ErrorMeter();
            Encode(0, (int)_values.Count, destination, meter);
            _error = ErrorMeter.Total([meter]);
        }
    }

    private void Encode(long start, int count, Span<byte> destination, ErrorMeter meter)
    {
        if (_type == ElementType.Float32)
        {
            Span<float> written = MemoryMarshal.Cast<byte, float>(destination);
            _values.Read(start, written);
            meter.Add(written, written);
            return;
        }

        float[] values = ArrayPool<float>.Shared.Rent(count);
        try
        {
            Span<float> tile = values.AsSpan(0, count);
            _values.Read(start, tile);
            if (_type == ElementType.Float16)
            {
                Float16Kernel.Encode(tile, MemoryMarshal.Cast<byte, ushort>(destination), _keepNonZero, meter);
                return;
            }

            meter.Add(tile, tile);
            EncodeIntegers(tile, destination);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
        }
    }

    private void EncodeIntegers(ReadOnlySpan<float> values, Span<byte> destination)
    {
        byte[] codes = ArrayPool<byte>.Shared.Rent(values.Length);
        try
        {
            for (int i = 0; i < values.Length; i++)
            {
                codes[i] = (byte)(int)values[i];
            }

            SubBytePacking.Pack(codes.AsSpan(0, values.Length), _type.BitWidth(), destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(codes);
        }
    }

    private sealed class WriteJob(ValuesPart part, long start, long position, ErrorMeter meter) : OutputJob
    {
        private long Count => Math.Min(JobElements, part._values.Count - start);

        // The last job takes what rounding leaves, so that all jobs together are the whole source.
        public override long SourceLength => SourceBefore(start + Count) - SourceBefore(start);

        public override void Run(OutputFile output, CancellationToken cancellationToken)
        {
            int tile = (int)Math.Min(ValueTiles.Length, Count);
            byte[] buffer = ArrayPool<byte>.Shared.Rent((int)part._type.ByteCount(tile));
            try
            {
                for (long done = 0; done < Count; done += tile)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    int length = (int)Math.Min(tile, Count - done);
                    Span<byte> bytes = buffer.AsSpan(0, (int)part._type.ByteCount(length));
                    part.Encode(start + done, length, bytes, meter);
                    output.Write(position + part._type.ByteCount(start + done), bytes);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        private long SourceBefore(long element) => (long)((double)element / part._values.Count * part._sourceLength);
    }
}
