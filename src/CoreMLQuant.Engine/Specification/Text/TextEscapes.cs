using System.Globalization;
using System.Text;

namespace CoreMLQuant.Specification.Text;

/// <summary>Strings of MIL text: what stands between the quotation marks, and what it means. The escapes are C's.</summary>
internal static class TextEscapes
{
    // At the same places: what follows the backslash, and what both mean.
    private const string Letters = "nrtabfv0\\\"'?";
    private const string Meanings = "\n\r\t\a\b\f\v\0\\\"'?";

    /// <summary>What a string means; <see langword="null"/> when an escape is not known.</summary>
    /// <param name="text">What stands between the quotation marks.</param>
    public static string? Read(string text)
    {
        if (text.IndexOf('\\') < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                result.Append(text[at]);
                continue;
            }

            at++;
            int known = at < text.Length ? Letters.IndexOf(text[at]) : -1;
            int digits = at < text.Length ? text[at] switch { 'x' => 2, 'u' => 4, _ => 0 } : 0;
            if (known >= 0)
            {
                result.Append(Meanings[known]);
            }
            else if (digits > 0 && at + digits < text.Length && int.TryParse(text.Substring(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code))
            {
                result.Append((char)code);
                at += digits;
            }
            else
            {
                return null;
            }
        }

        return result.ToString();
    }

    /// <summary>A string in quotation marks; only control characters, quotation marks and backslashes are escaped.</summary>
    public static string Write(string text)
    {
        var result = new StringBuilder(text.Length + 2).Append('"');
        foreach (char character in text)
        {
            if (character is '"' or '\\')
            {
                result.Append('\\').Append(character);
            }
            else if (character is '\n' or '\r' or '\t')
            {
                result.Append('\\').Append(Letters[Meanings.IndexOf(character)]);
            }
            else if (char.IsControl(character))
            {
                result.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                result.Append(character);
            }
        }

        return result.Append('"').ToString();
    }
}
