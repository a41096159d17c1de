using System.Collections.Generic;

namespace CoreMLQuant.Formatting;

/// <summary>Sentences in a narrow column. PowerShell's own tables break them in the middle of words.</summary>
internal static class WrappedText
{
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
}
