using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Clustering;
using CoreMLQuant.Tensors.Compensation;

namespace CoreMLQuant.Coding;

/// <summary>Palettization of single values: indices into a lookup table, one for the weight or one for each group of channels.</summary>
/// <param name="groups">How the tables lie over the weight.</param>
/// <param name="bits">Bits of an index: 1, 2, 3, 4, 6 or 8.</param>
/// <param name="search">Finds the tables.</param>
/// <param name="elementType">Type of the entries.</param>
/// <param name="quantization">How the tables themselves are quantized; <see langword="null"/> to store them as they are.</param>
/// <param name="withoutZeros">Whether zeros need no entry, because a sparse weight does not store them.</param>
internal sealed class PaletteCoder(
    BlockGrid groups,
    int bits,
    PaletteSearch search,
    ElementType elementType,
    TableQuantization? quantization,
    bool withoutZeros) : BlockCoder(elementType)
{
    private readonly LookupTables _tables = new(groups.BlockCounts, bits, 1, elementType, quantization);
    private Palette[] _palettes = [];

    public override ElementType CodeType { get; } = IndexTypes.Of(bits);

    public override IReadOnlyList<long> CodeShape => groups.Shape;

    public override IReadOnlyList<CodeTable> Tables => _tables.Tables;

    public override void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
        Palette[] palettes = search.Find(values, groups, 1 << bits, ElementType, withoutZeros, cancellationToken);
        float[][] decoded = _tables.Store(palettes.Select(palette => palette.Entries).ToArray());
        _palettes = palettes.Select((palette, group) => palette with { Entries = decoded[group] }).ToArray();
    }

    public override byte[] TableBytes(int index) => _tables.Bytes(index);

    public override BlockEncoder NewEncoder() => new PaletteEncoder(groups, _palettes);

    public override void Release()
    {
        _palettes = [];
        _tables.Clear();
    }

    protected override void EncodeValues(long start, ReadOnlySpan<float> values, Span<byte> codes, Span<float> decoded)
    {
        foreach ((int offset, int length, long group) in groups.Runs(start, values.Length))
        {
            Palette palette = _palettes[group];
            ReadOnlySpan<float> run = values.Slice(offset, length);
            Span<byte> indices = codes.Slice(offset, length);
            if (palette.Spacing is { } spacing && quantization is null)
            {
                UniformTable.Assign(run, spacing.Min, spacing.Max, palette.Entries, indices);
            }
            else
            {
                NearestEntry.Assign(run, palette.Entries, indices);
            }

            LookupKernel.LookUp(palette.Entries, indices, decoded.Slice(offset, length));
        }
    }
}
