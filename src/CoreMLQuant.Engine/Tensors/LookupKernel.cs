using System;

namespace CoreMLQuant.Tensors;

/// <summary>Values of palettized tiles: looks entries up in the tables that lie over the weight.</summary>
internal static class LookupKernel
{
    /// <summary>Looks indices up in one table.</summary>
    public static void LookUp(ReadOnlySpan<float> table, ReadOnlySpan<byte> indices, Span<float> values)
    {
        for (int i = 0; i < indices.Length; i++)
        {
            values[i] = table[indices[i]];
        }
    }

    /// <summary>Replaces places in tables by the values that stand there, in place.</summary>
    /// <param name="grid">How the tables lie over the weight.</param>
    /// <param name="start">The tile's first element.</param>
    /// <param name="values">Whole numbers below <paramref name="tableLength"/>; takes the values.</param>
    /// <param name="tables">Tables from <paramref name="firstBlock"/> on.</param>
    /// <param name="firstBlock">Block of the first table.</param>
    /// <param name="tableLength">Values of a table.</param>
    public static void LookUp(BlockGrid grid, long start, Span<float> values, ReadOnlySpan<float> tables, long firstBlock, int tableLength)
    {
        foreach ((int at, int length, long block) in grid.Runs(start, values.Length))
        {
            ReadOnlySpan<float> table = tables.Slice((int)(block - firstBlock) * tableLength, tableLength);
            Span<float> run = values.Slice(at, length);
            for (int i = 0; i < run.Length; i++)
            {
                run[i] = table[(int)run[i]];
            }
        }
    }
}
