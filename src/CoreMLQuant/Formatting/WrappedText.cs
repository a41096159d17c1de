using System.Collections.Generic;

namespace CoreMLQuant.Formatting;

/// <summary>Sentences and names in a narrow column. PowerShell's own tables break them in the middle of words.</summary>
internal static class WrappedText
{
    // Longer names are paths of a whole network.
    private const int MostNameLines = 4;

    private static readonly char[] Separators = ['_', '.', '/', ':', '-', ' '];

    /// <summary>The text in lines of at most so many characters, broken between words where there is a space.</summary>
    public static IEnumerable<string> Lines(string text, int width)
    {
        while (text.Length > width)
        {
            int end = text.LastIndexOf(' ', width);
            end = end > 0 ? end : width;
            yield return text.Substring(0, end);
            text = text.Substring(end).TrimStart(' ');
        }

        yield return text;
    }

    /// <summary>
    /// A name in lines of at most so many characters, broken behind a separator of its parts. Names of weights differ in the middle as often as at either end, so nothing is left out before
    /// they take several lines.
    /// </summary>
    public static IEnumerable<string> NameLines(string name, int width)
    {
        name = Figures.Short(name, MostNameLines * width);
        while (name.Length > width)
        {
            int end = name.LastIndexOfAny(Separators, width - 1, width / 2) + 1;
            end = end > 0 ? end : width;
            yield return name.Substring(0, end);
            name = name.Substring(end);
        }

        yield return name;
    }
}
