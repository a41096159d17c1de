using System;
using System.Globalization;

namespace CoreMLQuant.Recipes;

/// <summary>The number of values in every group that can be other than zero: <c>2:4</c> keeps two of four.</summary>
/// <param name="NonZero">Values that stay.</param>
/// <param name="Of">Values that are looked at together.</param>
public readonly record struct NonZeroRatio(int NonZero, int Of)
{
    /// <summary>Reads <c>n:m</c>.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static NonZeroRatio Parse(string text)
    {
        string[] numbers = text.Split(':');
        return numbers.Length == 2
            && int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out int nonZero)
            && int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out int of)
            ? new NonZeroRatio(nonZero, of)
            : throw new FormatException($"'{text}' is not in the form n:m, such as 2:4.");
    }

    /// <summary>As it is written.</summary>
    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "{0}:{1}", NonZero, Of);
}
