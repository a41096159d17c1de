using System.Collections.Generic;
using System.Globalization;
using CoreMLQuant.Conversion;
using CoreMLQuant.Formatting;
using CoreMLQuant.Reporting.Page;

namespace CoreMLQuant.Reporting;

/// <summary>What a conversion with samples found out about the outputs: the ratio and, for classifiers, the agreement.</summary>
internal static class OutputTiles
{
    /// <summary>The tiles; none where no samples were run.</summary>
    public static IEnumerable<Tile> Of(ConversionResult? conversion)
    {
        if (conversion?.OutputSamples is not { } count)
        {
            yield break;
        }

        string samples = string.Format(
            CultureInfo.InvariantCulture, "{0} {1}{2}", count, count == 1 ? "sample" : "samples", conversion.HeldOutSamples is null ? " of the calibration" : ", held out");
        if (conversion.OutputSnr is { } snr)
        {
            yield return new Tile("SNR of outputs", Figures.Decibels(snr), Remark(samples, Figures.Decibels(conversion.OutputSnrLowerLimit)));
        }

        if (conversion.OutputAgreement is { } agreement)
        {
            yield return new Tile("Same class", Figures.Percent(agreement), Remark(samples, Figures.Percent(conversion.OutputAgreementLowerLimit)));
        }
    }

    private static string Remark(string samples, string limit) => limit.Length == 0 ? samples : $"{samples}; {limit} or more of further ones, with a confidence of 95 %";
}
