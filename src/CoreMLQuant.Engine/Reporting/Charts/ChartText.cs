using CoreMLQuant.Formatting;
using CoreMLQuant.Reporting.Page;

namespace CoreMLQuant.Reporting.Charts;

/// <summary>Names from files as texts of a chart. The library takes <c>_{</c> and <c>^{</c> for indices and exponents; names mean themselves.</summary>
internal static class ChartText
{
    // Has no width; the name does not hold it, since what cannot be seen has been replaced.
    private const string Joiner = "\u2060";

    /// <summary>A name, shortened to fit beside an axis.</summary>
    public static string Of(string name, int width) =>
        HtmlText.Visible(Figures.Short(name, width)).Replace("_{", "_" + Joiner + "{").Replace("^{", "^" + Joiner + "{");

    /// <summary>The text as it was.</summary>
    public static string Restore(string text) => text.Replace(Joiner, string.Empty);
}
