using System;
using System.Globalization;

namespace CoreMLQuant.Specification.Text;

/// <summary>Opsets as text names them, after the system that brought them, and as specifications do: <c>ios17</c> is <c>CoreML7</c>.</summary>
internal static class OpsetNames
{
    private const string TextPrefix = "ios";
    private const string Prefix = "CoreML";

    // CoreML3 came with iOS 13, and each one after it with the next system; there was no iOS between 18 and 26.
    private const int First = 3, LastInSequence = 8, SystemBefore = 10;
    private const int Newest = 9, NewestSystem = 26;

    /// <summary>The specification's name of an opset; <see langword="null"/> for one that is not known.</summary>
    /// <param name="text">The text's name.</param>
    public static string? Read(string text)
    {
        if (!text.StartsWith(TextPrefix, StringComparison.Ordinal)
            || !int.TryParse(text.Substring(TextPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int system))
        {
            return null;
        }

        int number = system == NewestSystem ? Newest : system - SystemBefore;
        return SystemOf(number) == system ? Prefix + number.ToString(CultureInfo.InvariantCulture) : null;
    }

    /// <summary>The text's name of an opset; in quotation marks where text has none for it.</summary>
    /// <param name="opset">The specification's name.</param>
    public static string Write(string opset)
    {
        for (int number = First; number <= Newest; number++)
        {
            if (opset == Prefix + number.ToString(CultureInfo.InvariantCulture))
            {
                return TextPrefix + SystemOf(number).ToString(CultureInfo.InvariantCulture);
            }
        }

        return TextEscapes.Write(opset);
    }

    private static int SystemOf(int number) => number switch
    {
        Newest => NewestSystem,
        >= First and <= LastInSequence => number + SystemBefore,
        _ => 0,
    };
}
