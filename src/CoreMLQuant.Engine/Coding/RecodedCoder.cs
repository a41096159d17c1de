using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Clustering;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.Coding;

/// <summary>Palettization of the integers of a quantized weight: a table of integers, under the scales that the weight has.</summary>
/// <param name="linear">The quantized weight.</param>
/// <param name="codeType">Type of its integers: 8 bits.</param>
/// <param name="groups">How the tables lie over the weight.</param>
/// <param name="bits">Bits of an index.</param>
/// <param name="search">Finds the tables.</param>
internal sealed class RecodedCoder(LinearValues linear, ElementType codeType, BlockGrid groups, int bits, PaletteSearch search) : TensorCoder
{
    private readonly LookupTables _tables = new(groups.BlockCounts, bits, 1, codeType, null);
    private float[][] _entries = [];

    public override ElementType CodeType { get; } = IndexTypes.Of(bits);

    public override IReadOnlyList<long> CodeShape => groups.Shape;

    public override IReadOnlyList<CodeTable> Tables => _tables.Tables;

    public override void Prepare(TensorValues values, CancellationToken cancellationToken) => _entries = _tables.Store(
        Array.ConvertAll(search.Find(linear.Codes, groups, 1 << bits, codeType, withoutZeros: false, cancellationToken), palette => palette.Entries));

    public override byte[] TableBytes(int index) => _tables.Bytes(index);

    public override void Encode(TensorValues values, long start, Span<byte> codes, ErrorMeter meter)
    {
        float[] integers = ArrayPool<float>.Shared.Rent(codes.Length);
        float[] source = ArrayPool<float>.Shared.Rent(codes.Length);
        float[] decoded = ArrayPool<float>.Shared.Rent(codes.Length);
        try
        {
            Span<float> tile = integers.AsSpan(0, codes.Length);
            linear.Codes.Read(start, tile);
            foreach ((int offset, int length, long group) in groups.Runs(start, codes.Length))
            {
                Span<byte> indices = codes.Slice(offset, length);
                NearestEntry.Assign(tile.Slice(offset, length), _entries[group], indices);
                LookupKernel.LookUp(_entries[group], indices, tile.Slice(offset, length));
            }

            linear.With(new TileValues(start, integers)).Read(start, decoded.AsSpan(0, codes.Length));
            values.Read(start, source.AsSpan(0, codes.Length));
            meter.Add(source.AsSpan(0, codes.Length), decoded.AsSpan(0, codes.Length));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(integers);
            ArrayPool<float>.Shared.Return(source);
            ArrayPool<float>.Shared.Return(decoded);
        }
    }

    public override void Release()
    {
        _entries = [];
        _tables.Clear();
    }

    /// <summary>The part of a weight that is in memory.</summary>
    private sealed class TileValues(long first, float[] tile) : TensorValues
    {
        public override long Count => first + tile.Length;

        public override void Read(long start, Span<float> destination) =>
            tile.AsSpan((int)(start - first), destination.Length).CopyTo(destination);
    }
}
