using System.Globalization;
using System.Text.RegularExpressions;

namespace CoreMLQuant.Notices;

/// <summary>Rich text without its formatting.</summary>
internal static partial class RtfText
{
    /// <summary>The plain text.</summary>
    public static string Plain(string rtf)
    {
        string body = Destination().Replace(rtf, string.Empty);
        string text = Token().Replace(body, match => match.Groups switch
        {
            [_, { Success: true } code, ..] => ((char)int.Parse(code.Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString(),
            [_, _, { Success: true } code, ..] => ((char)(ushort)short.Parse(code.Value, CultureInfo.InvariantCulture)).ToString(),
            [_, _, _, { Value: "par" or "line" }, ..] => "\n",
            [_, _, _, { Value: "tab" }, ..] => "\t",
            [_, _, _, _, { Success: true } character] => character.Value,
            _ => string.Empty,
        });
        return BlankLines().Replace(text, "\n\n").Trim();
    }

    // Tables of fonts, colors, styles and lists, and everything that a reader may pass over.
    [GeneratedRegex(@"\{\\(?:\*|fonttbl|colortbl|stylesheet|info|pict)(?>[^{}]+|(?<open>\{)|(?<-open>\}))*(?(open)(?!))\}")]
    private static partial Regex Destination();

    // A line break ends a control word and is no part of the text.
    [GeneratedRegex(@"\\'([0-9a-f]{2})|\\u(-?\d+) ?\??|\\([a-z]+)-?\d* ?|\\([\\{}])|[{}\r\n\0]|\\.", RegexOptions.IgnoreCase)]
    private static partial Regex Token();

    [GeneratedRegex(@"\n{3,}")]
    private static partial Regex BlankLines();
}
