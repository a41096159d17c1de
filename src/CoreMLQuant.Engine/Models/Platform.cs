using System.Globalization;

namespace CoreMLQuant.Models;

/// <summary>Which systems load which specification version and opset. Source: coremltools' deployment targets.</summary>
public static class Platform
{
    /// <summary>The newest specification version that this module knows.</summary>
    public const int NewestSpecificationVersion = 10;

    /// <summary>The oldest systems that load a specification version, e.g. <c>iOS 16, macOS 13</c>.</summary>
    public static string RequiredOS(int specificationVersion) => specificationVersion switch
    {
        <= 1 => "iOS 11, macOS 10.13",
        2 => "iOS 11.2, macOS 10.13.2",
        3 => "iOS 12, macOS 10.14",
        4 => "iOS 13, macOS 10.15",
        5 => "iOS 14, macOS 11",
        6 => "iOS 15, macOS 12",
        7 => "iOS 16, macOS 13",
        8 => "iOS 17, macOS 14",
        9 => "iOS 18, macOS 15",
        10 => "iOS 26, macOS 26",
        _ => "newer than iOS 26, macOS 26",
    };

    /// <summary>Number of an opset name: <c>CoreML7</c> is 7; 0 for a name of another form.</summary>
    public static int OpsetNumber(string opset)
    {
        const string Prefix = "CoreML";
        return opset.StartsWith(Prefix, System.StringComparison.Ordinal)
            && int.TryParse(opset.Substring(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : 0;
    }

    /// <summary>Name of an opset: 7 is <c>CoreML7</c>.</summary>
    public static string OpsetName(int number) => "CoreML" + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The least specification version that an opset needs: CoreML5 needs 6, and so on.</summary>
    public static int SpecificationVersionOf(int opsetNumber) => opsetNumber == int.MaxValue ? opsetNumber : opsetNumber + 1;
}
