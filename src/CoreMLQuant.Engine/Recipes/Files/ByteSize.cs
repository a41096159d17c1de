using System;
using System.Globalization;

namespace CoreMLQuant.Recipes.Files;

/// <summary>A number of bytes as people write it: <c>60MB</c>, <c>1.5 GB</c>, <c>4096</c>. 1024 to the next unit, as in PowerShell.</summary>
public static class ByteSize
{
    private static readonly string[] Units = ["K", "M", "G", "T"];

    /// <summary>Reads a size; <see langword="false"/> when the text is none, or more than a file can have.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        string number = text.Trim().ToUpperInvariant();
        number = number.EndsWith("IB", StringComparison.Ordinal) ? number.Substring(0, number.Length - 2)
            : number.EndsWith("B", StringComparison.Ordinal) ? number.Substring(0, number.Length - 1)
            : number;
        int unit = number.Length == 0 ? -1 : Array.IndexOf(Units, number.Substring(number.Length - 1));
        number = unit < 0 ? number : number.Substring(0, number.Length - 1);
        bytes = 0;
        if (!decimal.TryParse(number.TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value))
        {
            return false;
        }

        try
        {
            bytes = (long)decimal.Truncate(value * (1L << (10 * (unit + 1))));
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }
}
