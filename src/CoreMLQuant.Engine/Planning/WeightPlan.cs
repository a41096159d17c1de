using CoreMLQuant.Coding;
using CoreMLQuant.Models;

namespace CoreMLQuant.Planning;

/// <summary>What is decided about one weight.</summary>
/// <param name="Site">The weight as it is.</param>
/// <param name="Action">Convert or skip.</param>
/// <param name="Encoding">Encoding after the conversion, e.g. <c>Float16</c>; the current one when skipped.</param>
/// <param name="SizeAfter">Bytes of its data afterwards.</param>
/// <param name="Reason">Why it is skipped; empty when it is converted without a remark.</param>
public sealed record WeightPlan(WeightSite Site, WeightAction Action, string Encoding, long SizeAfter, string Reason)
{
    /// <summary>A weight that stays as it is.</summary>
    internal static WeightPlan Skip(WeightSite site, string reason) =>
        new(site, WeightAction.Skip, WeightEncodings.Describe(site), site.ByteCount, reason);

    /// <summary>Measures the error while the weight is written; <see langword="null"/> when it is skipped.</summary>
    internal IMeasuredPart? Part { get; init; }

    /// <summary>
    /// Signal-to-noise ratio, dB, that the encoding was measured to have while a budget was planned; <see langword="null"/>
    /// when nothing was measured yet.
    /// </summary>
    public double? ExpectedSnr { get; init; }

    /// <summary>Bytes of its data before.</summary>
    public long SizeBefore => Site.ByteCount;
}
