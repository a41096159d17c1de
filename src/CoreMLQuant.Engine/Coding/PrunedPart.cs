using System;
using System.Buffers;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>All values of a pruned weight as they are, its zeros among them.</summary>
/// <param name="weight">The weight.</param>
/// <param name="type">FP32, or FP16 when FP16 can hold every value.</param>
/// <param name="count">Number of values.</param>
internal sealed class PrunedPart(EncodedWeight weight, ElementType type, long count) : ElementPart(weight, type, count), IMeasuringPart
{
    public void Measure(ErrorMeter meter, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[Type.ByteCount(Math.Min(Count, ValueTiles.Length))];
        for (long start = 0; start < Count; start += ValueTiles.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int length = (int)Math.Min(ValueTiles.Length, Count - start);
            Encode(Weight.Values, start, length, bytes.AsSpan(0, (int)Type.ByteCount(length)), meter);
        }
    }

    protected override ErrorMeter?[] NewMeters(int jobs) => Enumerable.Range(0, jobs).Select(_ => Weight.NewMeter()).ToArray();

    protected override void Encode(TensorValues values, long start, int length, Span<byte> packed, ErrorMeter? meter)
    {
        float[] source = ArrayPool<float>.Shared.Rent(length), pruned = ArrayPool<float>.Shared.Rent(length);
        try
        {
            Span<float> before = source.AsSpan(0, length), after = pruned.AsSpan(0, length);
            values.Read(start, before);
            before.CopyTo(after);
            Weight.Prune(start, after);
            meter!.Add(before, after);
            if (Type == ElementType.Float32)
            {
                MemoryMarshal.AsBytes(after).CopyTo(packed);
                return;
            }

            Span<ushort> halves = MemoryMarshal.Cast<byte, ushort>(packed);
            for (int i = 0; i < length; i++)
            {
                halves[i] = HalfConversion.FromSingleBits(SingleBits.ToBits(after[i]));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(source);
            ArrayPool<float>.Shared.Return(pruned);
        }
    }
}
