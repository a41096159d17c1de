using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Clustering;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.Coding;

/// <summary>
/// Palettization of the integers of a quantized weight. The scales either stay what they are, or go to the tables: then a table
/// has one scale, there is one for each piece that groups and blocks cut the weight into, and each is the best one for its piece.
/// </summary>
internal sealed class RecodedCoder : TensorCoder
{
    private readonly LinearSource _source;
    private readonly BlockGrid _groups;
    private readonly int _bits;
    private readonly PaletteSearch _search;
    private readonly bool _scalesTables;
    private readonly LookupTables _tables;
    private float[][] _entries = [];
    private byte[][] _scales = [];

    /// <summary>Plans it.</summary>
    /// <param name="source">The quantized weight, with integers of 8 bits.</param>
    /// <param name="groups">Number of tables along each axis.</param>
    /// <param name="bits">Bits of an index.</param>
    /// <param name="search">Finds the tables.</param>
    /// <param name="scalesTables">Whether the scales go to the tables.</param>
    public RecodedCoder(LinearSource source, IReadOnlyList<long> groups, int bits, PaletteSearch search, bool scalesTables)
    {
        _source = source;
        _groups = new BlockGrid(source.Grid.Shape, scalesTables ? Pieces(groups, source.Grid.BlockCounts) : groups);
        _bits = bits;
        _search = search;
        _scalesTables = scalesTables;
        _tables = new LookupTables(_groups.BlockCounts, bits, 1, source.CodeType, null);
        CodeType = IndexTypes.Of(bits);
    }

    public override ElementType CodeType { get; }

    public override IReadOnlyList<long> CodeShape => _groups.Shape;

    public override IReadOnlyList<CodeTable> Tables
    {
        get
        {
            long[] scales = [.. _groups.BlockCounts, 1, 1];
            var tables = new List<CodeTable>(_tables.Tables);
            if (_scalesTables)
            {
                tables.Add(new CodeTable("lut_scale", _source.ScaleType, scales));
                if (_source.HasOffsets)
                {
                    tables.Add(new CodeTable("lut_offset", _source.CodeType, scales));
                }
            }

            return tables;
        }
    }

    public override void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
        _source.Prepare(values, cancellationToken);
        LinearValues linear = _source.Of(values);
        _entries = _tables.Store(Array.ConvertAll(
            _search.Find(linear.Codes, _groups, 1 << _bits, _source.CodeType, withoutZeros: false, cancellationToken),
            palette => palette.Entries));
        _scales = _scalesTables
            ? [TableBytesOf.Floats(ForEachTable(linear.Scale), _source.ScaleType), linear.Offset is { } offset ? TableBytesOf.Integers(ForEachTable(offset), _source.CodeType) : []]
            : [];
    }

    public override byte[] TableBytes(int index) => index == 0 ? _tables.Bytes(0) : _scales[index - 1];

    public override void Encode(TensorValues values, long start, Span<byte> codes, ErrorMeter meter)
    {
        float[] source = ArrayPool<float>.Shared.Rent(codes.Length);
        float[] decoded = ArrayPool<float>.Shared.Rent(codes.Length);
        try
        {
            Encode(values, start, codes, decoded.AsSpan(0, codes.Length));
            values.Read(start, source.AsSpan(0, codes.Length));
            meter.Add(source.AsSpan(0, codes.Length), decoded.AsSpan(0, codes.Length));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(source);
            ArrayPool<float>.Shared.Return(decoded);
        }
    }

    public override void Decode(TensorValues values, long start, Span<float> decoded)
    {
        byte[] codes = ArrayPool<byte>.Shared.Rent(decoded.Length);
        try
        {
            Encode(values, start, codes.AsSpan(0, decoded.Length), decoded);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(codes);
        }
    }

    public override void Release()
    {
        (_entries, _scales) = ([], []);
        _tables.Clear();
        _source.Release();
    }

    private void Encode(TensorValues values, long start, Span<byte> codes, Span<float> decoded)
    {
        float[] integers = ArrayPool<float>.Shared.Rent(codes.Length);
        try
        {
            Span<float> tile = integers.AsSpan(0, codes.Length);
            LinearValues linear = _source.Of(values);
            linear.Codes.Read(start, tile);
            foreach ((int offset, int length, long group) in _groups.Runs(start, codes.Length))
            {
                Span<byte> indices = codes.Slice(offset, length);
                NearestEntry.Assign(tile.Slice(offset, length), _entries[group], indices);
                LookupKernel.LookUp(_entries[group], indices, tile.Slice(offset, length));
            }

            linear.With(new TileValues(start, integers)).Read(start, decoded);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(integers);
        }
    }

    // The coarsest cut in which every piece lies in one group and in one block.
    private static long[] Pieces(IReadOnlyList<long> groups, IReadOnlyList<long> blocks) =>
        groups.Zip(blocks, (group, block) => group / GreatestDivisor(group, block) * block).ToArray();

    private static long GreatestDivisor(long first, long second) => second == 0 ? first : GreatestDivisor(second, first % second);

    private float[] ForEachTable(TensorValues blocks)
    {
        var cut = new BlockGrid(_groups.BlockCounts, _source.Grid.BlockCounts);
        float[] all = new float[blocks.Count], each = new float[_groups.BlockCount];
        blocks.Read(0, all);
        for (int table = 0; table < each.Length; table++)
        {
            each[table] = all[cut.BlockOf(table)];
        }

        return each;
    }

    /// <summary>The part of a weight that is in memory.</summary>
    private sealed class TileValues(long first, float[] tile) : TensorValues
    {
        public override long Count => first + tile.Length;

        public override void Read(long start, Span<float> destination) =>
            tile.AsSpan((int)(start - first), destination.Length).CopyTo(destination);
    }
}
