using System.Linq;

namespace CoreMLQuant.Formatting;

/// <summary>
/// Texts from files as they may be shown. Names, metadata and paths can hold escape sequences that drive a terminal, and controls that turn
/// the order of the letters around: each is shown as U+FFFD. What is shown changes, the data never does.
/// </summary>
public static class PrintableText
{
    private const char Replacement = '\uFFFD';

    /// <summary>The text without controls; line ends and tabs stay.</summary>
    public static string Of(string? text)
    {
        if (text is null || !text.Any(IsControl))
        {
            return text ?? string.Empty;
        }

        char[] shown = text.ToCharArray();
        for (int i = 0; i < shown.Length; i++)
        {
            // A carriage return on its own lets what follows overwrite the line.
            bool endsLine = shown[i] == '\r' && i + 1 < shown.Length && shown[i + 1] == '\n';
            if (IsControl(shown[i]) && !endsLine)
            {
                shown[i] = Replacement;
            }
        }

        return new string(shown);
    }

    // C0 and C1 but for tab and line feed; the marks, embeddings, overrides and isolates of the bidirectional algorithm (UAX #9).
    private static bool IsControl(char c) =>
        (char.IsControl(c) && c is not ('\t' or '\n')) || c is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
