using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>Palettization by a function of the caller's, which is called for each group and whose answer is checked.</summary>
/// <param name="weight">Name of the weight, for errors.</param>
/// <param name="groups">How the tables lie over the weight.</param>
/// <param name="bits">Bits of an index.</param>
/// <param name="function">Finds tables and indices.</param>
/// <param name="elementType">Type of the entries.</param>
/// <param name="quantization">How the tables themselves are quantized; <see langword="null"/> to store them as they are.</param>
internal sealed class CustomCoder(string weight, BlockGrid groups, int bits, LookupTableFunction function, ElementType elementType, TableQuantization? quantization) : HeldCodesCoder
{
    private readonly LookupTables _tables = new(groups.BlockCounts, bits, 1, elementType, quantization);

    private float[][] _entries = [];

    public override ElementType CodeType { get; } = IndexTypes.Of(bits);

    public override IReadOnlyList<long> CodeShape => groups.Shape;

    public override IReadOnlyList<CodeTable> Tables => _tables.Tables;

    public override byte[] TableBytes(int index) => _tables.Bytes(index);

    public override void Release()
    {
        base.Release();
        _tables.Clear();
        _entries = [];
    }

    public override void Decode(TensorValues values, long start, Span<float> decoded) => LookUp(start, Codes, decoded);

    protected override byte[] Encode(TensorValues values, ErrorMeter error, CancellationToken cancellationToken)
    {
        byte[] codes = new byte[groups.ElementCount];
        var tables = new float[groups.BlockCount][];
        using (var reader = new BlockReader(values, groups, withoutZeros: false))
        {
            for (int group = 0; group < tables.Length; group++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                float[] block = reader.Read(group).ToArray();
                CustomLookupTable answer = CustomTables.Find(function, block, bits, weight);
                tables[group] = Palette.Round(answer.Table.Select(entry => (double)entry).ToArray(), elementType);
                int index = 0;
                foreach ((long start, long length) in groups.RunsOfBlock(group))
                {
                    for (long i = start; i < start + length; i++)
                    {
                        codes[i] = (byte)answer.Indices[index++];
                    }
                }
            }
        }

        _entries = _tables.Store(tables);
        ValueTiles.Visit(
            values,
            (start, tile) =>
            {
                var decoded = new float[tile.Length];
                LookUp(start, codes, decoded);
                error.Add(tile, decoded);
            },
            cancellationToken);
        return codes;
    }

    private void LookUp(long start, ReadOnlySpan<byte> codes, Span<float> decoded)
    {
        foreach ((int offset, int length, long group) in groups.Runs(start, decoded.Length))
        {
            LookupKernel.LookUp(_entries[group], codes.Slice((int)start + offset, length), decoded.Slice(offset, length));
        }
    }
}
