using System.Globalization;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Models;

/// <summary>Encodings as a person reads them.</summary>
public static class WeightEncodings
{
    /// <summary>E.g. <c>Float16</c>, <c>Linear 8-bit</c>, <c>Palettized 4-bit</c>, <c>Sparse 50 %</c>, <c>Sparse 50 % + Linear 8-bit</c>, <c>Broken</c>.</summary>
    public static string Describe(WeightSite site) => site.Encoding switch
    {
        WeightEncoding.Plain => site.ElementType.ToString(),
        WeightEncoding.Broken => nameof(WeightEncoding.Broken),
        WeightEncoding.Cast => $"{site.StorageType} cast to {site.ElementType}",
        _ when site.EncodingDetails is { } details => details.ToString(),
        WeightEncoding.Sparse => $"Sparse {site.StorageType}",
        _ => $"{site.Encoding} {site.StorageType.BitWidth().ToString(CultureInfo.InvariantCulture)}-bit",
    };
}
