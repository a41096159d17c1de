using System;

namespace CoreMLQuant.Tensors.Pruning;

/// <summary>A share of a number, as a person means it: 0.29 of 100 is 29, though 0.29 * 100 is less in binary.</summary>
internal static class Share
{
    /// <summary>The share, rounded down.</summary>
    public static long Of(double share, long count) => (long)Math.Floor((decimal)share * count);
}
