using System;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>One lookup table: its entries in ascending order, as its type can hold them, and what an index is found by.</summary>
/// <param name="Entries">The entries; at least one, at most as many as indices can name.</param>
/// <param name="Spacing">Where the entries have even distances: the values they lie between.</param>
internal readonly record struct Palette(float[] Entries, (float Min, float Max)? Spacing)
{
    /// <summary>Rounds entries to what a type can hold, and leaves ties to their order.</summary>
    public static float[] Round(ReadOnlySpan<double> entries, ElementType type)
    {
        var rounded = new float[Math.Max(entries.Length, 1)];
        for (int i = 0; i < entries.Length; i++)
        {
            rounded[i] = type switch
            {
                ElementType.Float32 => (float)entries[i],

                // A finite value must not become infinite.
                ElementType.Float16 => Math.Min(Math.Max(Half((float)entries[i]), -HalfConversion.MaxValue), HalfConversion.MaxValue),
                _ => (float)Math.Round(entries[i]),
            };
        }

        return rounded;
    }

    private static float Half(float value) => HalfConversion.ToSingle(HalfConversion.FromSingleBits(SingleBits.ToBits(value)));
}
