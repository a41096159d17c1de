using System.Globalization;

namespace CoreMLQuant.Calibration;

/// <summary>Which statistics a conversion went by.</summary>
/// <param name="SampleCount">Number of samples.</param>
/// <param name="StatisticsDigest">Digest of the figures: the same source, recipe and statistics give the same bytes.</param>
public sealed record CalibrationSummary(int SampleCount, string StatisticsDigest)
{
    private const int ShownDigits = 12;

    /// <summary>The summary of statistics.</summary>
    public static CalibrationSummary? Of(CalibrationStatistics? statistics) => statistics is null ? null : new CalibrationSummary(statistics.Samples.Count, statistics.Digest);

    /// <summary>Number of samples and the first digits of the digest.</summary>
    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture, "{0} {1}, statistics {2}", SampleCount, SampleCount == 1 ? "sample" : "samples", StatisticsDigest.Substring(0, ShownDigits));
}
