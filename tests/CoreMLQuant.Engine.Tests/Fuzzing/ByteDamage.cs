using System;

namespace CoreMLQuant.Tests.Fuzzing;

/// <summary>What broken copies do to a file, without knowledge of its format.</summary>
internal static class ByteDamage
{
    private const int MostFlips = 8;
    private const int LongestRun = 64;

    /// <summary>Damages a copy of some bytes.</summary>
    public static byte[] Apply(byte[] bytes, Random random)
    {
        if (bytes.Length == 0)
        {
            return [(byte)random.Next(256)];
        }

        int at = random.Next(bytes.Length), run = Math.Min(random.Next(1, LongestRun), bytes.Length - at);
        return random.Next(5) switch
        {
            0 => bytes.AsSpan(0, at).ToArray(),
            1 => [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + run)],
            2 => [.. bytes.AsSpan(0, at + run), .. bytes.AsSpan(at)],
            _ => Flipped(bytes, random),
        };
    }

    private static byte[] Flipped(byte[] bytes, Random random)
    {
        byte[] flipped = (byte[])bytes.Clone();
        for (int i = random.Next(1, MostFlips); i > 0; i--)
        {
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
        }

        return flipped;
    }
}
