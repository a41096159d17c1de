using System.Globalization;

namespace CoreMLQuant.Calibration.Inputs;

/// <summary>
/// Parts of the inputs of a weight that do not meet at any output, so that products across them count for nothing: those of the groups of a transposed convolution, and of the matrices of a
/// product of several.
/// </summary>
/// <param name="Consecutive">Parts that follow each other, all of the same length.</param>
/// <param name="Interleaved">Parts within each of these, of which every element belongs to the next one.</param>
internal readonly record struct InputParts(int Consecutive, int Interleaved)
{
    /// <summary>All inputs meet.</summary>
    public static InputParts Whole => new(1, 1);

    /// <summary>What tells them from others.</summary>
    public string Key => string.Format(CultureInfo.InvariantCulture, Interleaved == 1 ? "{0}" : "{0} x {1}", Consecutive, Interleaved);

    /// <summary>Whether two inputs meet.</summary>
    /// <param name="first">Index of one.</param>
    /// <param name="second">Index of the other.</param>
    /// <param name="count">Number of inputs.</param>
    public bool AreTogether(int first, int second, int count)
    {
        int length = count / Consecutive;
        return first / length == second / length && first % Interleaved == second % Interleaved;
    }
}
