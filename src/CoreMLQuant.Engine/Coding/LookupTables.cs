using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>
/// The lookup tables of a weight as tensors: groups, entries, vectors. A table with fewer entries than indices can name
/// repeats its last one, which keeps it in order.
/// </summary>
/// <param name="groups">Number of tables along each axis.</param>
/// <param name="bits">Bits of an index.</param>
/// <param name="vectorSize">Values of an entry.</param>
/// <param name="elementType">Type of the entries.</param>
/// <param name="quantization">The integers that they are stored as; <see langword="null"/> to store them as they are.</param>
internal sealed class LookupTables(IReadOnlyList<long> groups, int bits, int vectorSize, ElementType elementType, TableQuantization? quantization)
{
    private readonly long[] _shape = [.. groups, 1L << bits, vectorSize];
    private readonly List<byte[]> _bytes = [];

    /// <summary>The tensors: the tables, and the scales and offsets of quantized ones.</summary>
    public IReadOnlyList<CodeTable> Tables
    {
        get
        {
            if (quantization is not { Range: var range })
            {
                return [new CodeTable("lut", elementType, _shape)];
            }

            long[] scales = [.. quantization.IsShared ? groups.Select(_ => 1L) : groups, 1, 1];
            ElementType integers = range.IsSigned ? ElementType.Int8 : ElementType.UInt8;
            return range.HasOffset
                ? [new CodeTable("lut", integers, _shape), new CodeTable("lut_scale", elementType, scales), new CodeTable("lut_offset", integers, scales)]
                : [new CodeTable("lut", integers, _shape), new CodeTable("lut_scale", elementType, scales)];
        }
    }

    /// <summary>Takes the entries of each group.</summary>
    /// <returns>The entries as they are decoded, in the same order.</returns>
    public float[][] Store(IReadOnlyList<float[]> entries)
    {
        int length = (1 << bits) * vectorSize;
        var all = new float[entries.Count * length];
        for (int group = 0; group < entries.Count; group++)
        {
            Span<float> table = all.AsSpan(group * length, length);
            entries[group].CopyTo(table);
            for (int i = entries[group].Length; i < length; i++)
            {
                table[i] = table[i - vectorSize];
            }
        }

        Clear();
        if (quantization is not null)
        {
            Quantize(all, entries.Count, length, quantization);
        }
        else
        {
            _bytes.Add(elementType is ElementType.Float32 or ElementType.Float16
                ? TableBytesOf.Floats(all, elementType)
                : TableBytesOf.Integers(all, elementType));
        }

        return entries.Select((table, group) => all.AsSpan(group * length, table.Length).ToArray()).ToArray();
    }

    /// <summary>Bytes of a tensor, in the order of <see cref="Tables"/>.</summary>
    public byte[] Bytes(int index) => _bytes[index];

    /// <summary>Lets the tables go.</summary>
    public void Clear() => _bytes.Clear();

    private void Quantize(float[] all, int count, int length, TableQuantization how)
    {
        LinearRange range = how.Range;
        var grid = new BlockGrid([count, length], [how.IsShared ? 1 : count, 1]);
        var ranges = new BlockRanges(grid);
        ranges.Add(0, all);
        var parameters = LinearParameters.Of(ranges, range, elementType == ElementType.Float16);
        byte[] codes = new byte[all.Length];
        LinearKernel.Encode(grid, parameters, range, 0, all.ToArray(), codes, all);
        if (elementType == ElementType.Float16)
        {
            HalfRounding.Round(all);
        }

        _bytes.Add(codes);
        _bytes.Add(TableBytesOf.Floats(parameters.Scales, elementType));
        if (parameters.Offsets is { } offsets)
        {
            _bytes.Add(TableBytesOf.Integers(offsets, range.IsSigned ? ElementType.Int8 : ElementType.UInt8));
        }
    }
}
