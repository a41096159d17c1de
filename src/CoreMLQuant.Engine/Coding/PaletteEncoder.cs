using System;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Clustering;
using CoreMLQuant.Tensors.Compensation;

namespace CoreMLQuant.Coding;

/// <summary>Single values to the nearest entries of their groups' lookup tables.</summary>
/// <param name="groups">How the tables lie over the weight.</param>
/// <param name="palettes">The table of each group.</param>
internal sealed class PaletteEncoder(BlockGrid groups, Palette[] palettes) : BlockEncoder
{
    public override BlockGrid Grid => groups;

    public override void Encode(ReadOnlySpan<int> blocks, ReadOnlySpan<float> values, Span<byte> codes, Span<float> decoded)
    {
        for (int start = 0, end; start < values.Length; start = end)
        {
            end = start + 1;
            while (end < values.Length && blocks[end] == blocks[start])
            {
                end++;
            }

            float[] entries = palettes[blocks[start]].Entries;
            Span<byte> indices = codes.Slice(start, end - start);
            NearestEntry.Assign(values.Slice(start, end - start), entries, indices);
            LookupKernel.LookUp(entries, indices, decoded.Slice(start, end - start));
        }
    }
}
