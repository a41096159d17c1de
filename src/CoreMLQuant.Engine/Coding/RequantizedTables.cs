using System;
using System.Collections.Generic;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.Coding;

/// <summary>A palettized weight whose indices stay and whose tables become integers.</summary>
/// <param name="palettized">The weight.</param>
/// <param name="groups">How its tables lie over it.</param>
/// <param name="indexType">Type of its indices.</param>
/// <param name="elementType">Type that the tables decode to.</param>
/// <param name="quantization">How the tables are stored.</param>
internal sealed class RequantizedTables(
    PalettizedValues palettized, BlockGrid groups, ElementType indexType, ElementType elementType, TableQuantization quantization) : ScalarCoder(elementType)
{
    private readonly LookupTables _tables = new(groups.BlockCounts, indexType.BitWidth(), 1, elementType, quantization);
    private float[][] _decoded = [];

    public override ElementType CodeType => indexType;

    public override IReadOnlyList<long> CodeShape => groups.Shape;

    public override IReadOnlyList<CodeTable> Tables => _tables.Tables;

    public override void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
        var entries = new float[groups.BlockCount][];
        for (int group = 0; group < entries.Length; group++)
        {
            entries[group] = new float[palettized.Entries];
            palettized.Tables.Read((long)group * palettized.Entries, entries[group]);
        }

        _decoded = _tables.Store(entries);
    }

    public override byte[] TableBytes(int index) => _tables.Bytes(index);

    public override void Release()
    {
        _decoded = [];
        _tables.Clear();
    }

    protected override void EncodeValues(long start, ReadOnlySpan<float> values, Span<byte> codes, Span<float> decoded)
    {
        // The indices come as whole numbers in the room for the decoded values.
        palettized.Indices.Read(start, decoded);
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = (byte)(int)decoded[i];
        }

        foreach ((int offset, int length, long group) in groups.Runs(start, codes.Length))
        {
            LookupKernel.LookUp(_decoded[group], codes.Slice(offset, length), decoded.Slice(offset, length));
        }
    }
}
