using System.Globalization;

namespace CoreMLQuant.Models;

/// <summary>Encodings as a person reads them.</summary>
public static class WeightEncodings
{
    /// <summary>E.g. <c>Float16</c>, <c>Linear 8-bit</c>, <c>Palettized 4-bit</c>, <c>Sparse Float32</c>.</summary>
    public static string Describe(WeightSite site) => site.Encoding switch
    {
        WeightEncoding.Plain => site.ElementType.ToString(),
        WeightEncoding.Cast => $"{site.StorageType} cast to {site.ElementType}",
        WeightEncoding.Sparse => $"Sparse {site.StorageType}",
        _ => $"{site.Encoding} {site.StorageType.BitWidth().ToString(CultureInfo.InvariantCulture)}-bit",
    };
}
