using System.Globalization;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Reporting.Page;

/// <summary>Figures as cells of a table: shown rounded, sorted as they are.</summary>
internal static class Cells
{
    /// <summary>A count.</summary>
    public static Cell Integer(long? count) => count is { } value ? new Cell(value.ToString(CultureInfo.InvariantCulture), value) : string.Empty;

    /// <summary>Bytes.</summary>
    public static Cell Size(long? bytes) => bytes is { } value ? new Cell(Figures.Size(value), value) : string.Empty;

    /// <summary>A value of a weight.</summary>
    public static Cell Value(double? value) => new(Figures.Value(value), value);

    /// <summary>A signal-to-noise ratio.</summary>
    public static Cell Decibels(double? value) => new(Figures.Decibels(value), value);

    /// <summary>An error.</summary>
    public static Cell Error(double? value) => new(Figures.Error(value), value);

    /// <summary>A share, 0 to 1.</summary>
    public static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;

    /// <summary>Where a weight stands, when the model has more than one place: the stage and the function.</summary>
    public static string Place(string stage, string function) => (stage, function) switch
    {
        (_, "" or "main") => stage,
        ("", _) => function,
        _ => $"{stage}/{function}",
    };
}
