using System;
using System.Collections.Generic;
using System.Linq;
using OxyPlot;

namespace CoreMLQuant.Reporting.Charts;

/// <summary>
/// What is drawn in which colour. A chart is drawn in stand-ins, one for each purpose, and <see cref="ChartSvg"/> puts classes in
/// their place: the page's style sheet then gives the colours, other ones in the dark.
/// </summary>
internal static class ChartInk
{
    /// <summary>Text and axes.</summary>
    public static readonly OxyColor Text = Of("text");

    /// <summary>Lines behind the data.</summary>
    public static readonly OxyColor Grid = Of("grid");

    /// <summary>The only model, or the reference.</summary>
    public static readonly OxyColor Reference = Of("reference");

    /// <summary>The model that is compared.</summary>
    public static readonly OxyColor Difference = Of("difference");

    /// <summary>What deserves a look.</summary>
    public static readonly OxyColor Worst = Of("worst");

    /// <summary>Levels of a compressed weight.</summary>
    public static readonly OxyColor Level = Of("level");

    /// <summary>Number of series that colors tell apart.</summary>
    public const int SeriesCount = 6;

    private static readonly Dictionary<string, string> Names = NamesByColour();

    /// <summary>One of several series of the same kind.</summary>
    /// <param name="index">Its number, from 0 to below <see cref="SeriesCount"/>.</param>
    public static OxyColor Series(int index) => Of(SeriesName(index));

    /// <summary>The name of <see cref="Series"/>, for legends.</summary>
    public static string SeriesName(int index) => FormattableString.Invariant($"series-{index + 1}");

    /// <summary>The purpose behind a colour in an SVG, or <see langword="null"/>.</summary>
    public static string? NameOf(string colour) => Names.TryGetValue(colour, out string? name) ? name : null;

    // Any colour would do, as long as no two purposes share one.
    private static OxyColor Of(string name) => OxyColor.FromRgb(1, 2, (byte)(3 + Array.IndexOf(Purposes, name)));

    private static string[] Purposes => ["text", "grid", "reference", "difference", "worst", "level", .. Enumerable.Range(0, SeriesCount).Select(SeriesName)];

    private static Dictionary<string, string> NamesByColour()
    {
        var names = new Dictionary<string, string>();
        foreach (string name in Purposes)
        {
            OxyColor colour = Of(name);
            names.Add(FormattableString.Invariant($"rgb({colour.R},{colour.G},{colour.B})"), name);
        }

        return names;
    }
}
