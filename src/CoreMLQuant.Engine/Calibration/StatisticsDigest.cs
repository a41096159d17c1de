using System;
using System.Linq;

namespace CoreMLQuant.Calibration;

/// <summary>Tells whether two conversions went by the same statistics: SHA-256 of names and figures.</summary>
internal static class StatisticsDigest
{
    /// <summary>Computes the digest, in hexadecimal digits.</summary>
    public static string Of(CalibrationStatistics statistics)
    {
        using var hash = new FigureHash();
        hash.Add([statistics.ModelDigest, .. statistics.Samples]);
        foreach (LayerStatistics layer in statistics.Layers.OrderBy(layer => layer.Weight.ToString(), StringComparer.Ordinal))
        {
            hash.Add([layer.Weight.Stage, layer.Weight.Function, layer.Weight.Name]);
            hash.AddNumbers(new[] { layer.RowCount });
            hash.AddNumbers(layer.Means);
            hash.AddNumbers(layer.SecondMoments);
            hash.AddNumbers(layer.Gram?.Read() ?? []);
        }

        foreach (ActivationStatistics activation in statistics.Activations.OrderBy(activation => activation.Name, StringComparer.Ordinal))
        {
            hash.Add([activation.Name]);
            hash.AddNumbers(new[] { activation.Minimum, activation.Maximum, activation.Mean, activation.SecondMoment, activation.Histogram.Low, activation.Histogram.Width });
            hash.AddNumbers(activation.Histogram.Counts);
        }

        return hash.Finish();
    }
}
