using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Validation.Interfaces;

/// <summary>Ranges of sizes; an upper bound below zero is none.</summary>
internal static class SizeRanges
{
    /// <summary>Whether a range does not end before it begins.</summary>
    public static bool IsOrdered(SizeRange range) => range.UpperBound <= 0 || range.LowerBound <= (ulong)range.UpperBound;

    /// <summary>Whether a size is in a range.</summary>
    public static bool IsWithin(long size, SizeRange range) =>
        size >= 0 && (ulong)size >= range.LowerBound && (range.UpperBound < 0 || size <= range.UpperBound);
}
