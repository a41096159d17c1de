using System.Globalization;
using System.Text;

namespace CoreMLQuant.Reporting.Page;

/// <summary>Texts of a page. What comes from a file may hold anything: here it becomes text and nothing else.</summary>
internal static class HtmlText
{
    private const char Replacement = '\uFFFD';

    /// <summary>A text for an element's content or a quoted attribute.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char character in Visible(text))
        {
            switch (character)
            {
                case '&':
                    escaped.Append("&amp;");
                    break;
                case '<':
                    escaped.Append("&lt;");
                    break;
                case '>':
                    escaped.Append("&gt;");
                    break;
                case '"':
                    escaped.Append("&quot;");
                    break;
                case '\'':
                    escaped.Append("&#39;");
                    break;
                default:
                    escaped.Append(character);
                    break;
            }
        }

        return escaped.ToString();
    }

    /// <summary>The text with a replacement character for what neither HTML nor XML can hold, and for what cannot be seen but changes the text around it.</summary>
    public static string Visible(string text)
    {
        StringBuilder? visible = null;
        for (int i = 0; i < text.Length; i++)
        {
            bool isPair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            if (!isPair && IsInvisible(text[i]))
            {
                visible ??= new StringBuilder(text);
                visible[i] = Replacement;
            }

            i += isPair ? 1 : 0;
        }

        return visible?.ToString() ?? text;
    }

    private static bool IsInvisible(char character) => char.GetUnicodeCategory(character) switch
    {
        UnicodeCategory.Control => character is not ('\t' or '\n'),
        UnicodeCategory.Surrogate => true,
        UnicodeCategory.Format => true,
        _ => character >= '\uFFFE',
    };
}
