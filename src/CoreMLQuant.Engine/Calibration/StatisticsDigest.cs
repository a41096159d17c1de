using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace CoreMLQuant.Calibration;

/// <summary>Tells whether two conversions went by the same statistics: SHA-256 of names and figures.</summary>
internal static class StatisticsDigest
{
    private const int BytesAtOnce = 1 << 20;

    /// <summary>Computes the digest, in hexadecimal digits.</summary>
    public static string Of(CalibrationStatistics statistics)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, [statistics.ModelDigest, .. statistics.Samples]);
        foreach (LayerStatistics layer in statistics.Layers.OrderBy(layer => layer.Weight.ToString(), StringComparer.Ordinal))
        {
            Add(hash, [layer.Weight.Stage, layer.Weight.Function, layer.Weight.Name]);
            Add(hash, [layer.RowCount]);
            Add(hash, layer.Means);
            Add(hash, layer.SecondMoments);
            Add(hash, layer.Gram ?? []);
        }

        foreach (ActivationStatistics activation in statistics.Activations.OrderBy(activation => activation.Name, StringComparer.Ordinal))
        {
            Add(hash, [activation.Name]);
            Add(hash, [activation.Minimum, activation.Maximum, activation.Mean, activation.SecondMoment, activation.Histogram.Low, activation.Histogram.Width]);
            Add(hash, activation.Histogram.Counts);
        }

        return HexDigits.Of(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text + "\0"));
        }
    }

    private static void Add<T>(IncrementalHash hash, T[] numbers)
        where T : struct
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes<T>(numbers);
        for (int at = 0; at < bytes.Length; at += BytesAtOnce)
        {
            hash.AppendData(bytes.Slice(at, Math.Min(BytesAtOnce, bytes.Length - at)).ToArray());
        }
    }
}
