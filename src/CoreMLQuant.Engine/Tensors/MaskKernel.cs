using System;

namespace CoreMLQuant.Tensors;

/// <summary>Tiles of sparse weights and their masks. Without branches: which elements are stored cannot be predicted.</summary>
internal static class MaskKernel
{
    /// <summary>Spreads stored values over the ones of a mask; the others become 0.</summary>
    /// <param name="bits">The mask of the tile, one bit a byte, 0 or 1.</param>
    /// <param name="stored">The stored values of the tile and one more, whatever it is.</param>
    /// <param name="values">Takes the tile.</param>
    public static void Scatter(ReadOnlySpan<byte> bits, ReadOnlySpan<float> stored, Span<float> values)
    {
        int next = 0;
        for (int i = 0; i < values.Length; i++)
        {
            int bit = bits[i];
            values[i] = SingleBits.FromBits(SingleBits.ToBits(stored[next]) & (uint)-bit);
            next += bit;
        }
    }

    /// <summary>Collects the values at the ones of a mask.</summary>
    /// <param name="bits">The mask of the tile, one bit a byte, 0 or 1.</param>
    /// <param name="values">The tile.</param>
    /// <param name="stored">Takes the collected values; may end before the tile does.</param>
    /// <returns>How many values were collected.</returns>
    public static int Gather(ReadOnlySpan<byte> bits, ReadOnlySpan<float> values, Span<float> stored)
    {
        int next = 0;
        for (int i = 0; i < values.Length && next < stored.Length; i++)
        {
            stored[next] = values[i];
            next += bits[i];
        }

        return next;
    }

    /// <summary>Sets the values at the zeros of a mask to 0.</summary>
    public static void Clear(ReadOnlySpan<byte> bits, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = SingleBits.FromBits(SingleBits.ToBits(values[i]) & (uint)-bits[i]);
        }
    }
}
