using System.Linq;

namespace CoreMLQuant.Calibration;

/// <summary>Bytes as text.</summary>
internal static class HexDigits
{
    /// <summary>Two lower-case digits for each byte.</summary>
    public static string Of(byte[] bytes) => string.Concat(bytes.Select(value => value.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
}
