using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Tests;

/// <summary>
/// How many cases of a long run are tested. A normal test run takes the first few. The environment variable COREMLQUANT_LONG_RUN asks
/// for all of them, or for a part: <c>1/1</c> is everything, <c>3/20</c> the third of twenty parts, which share no case.
/// </summary>
internal static class LongRun
{
    private const string Variable = "COREMLQUANT_LONG_RUN";

    private static readonly string? Part = Environment.GetEnvironmentVariable(Variable);

    /// <summary>Whether the long run was asked for.</summary>
    public static bool IsOn => !string.IsNullOrEmpty(Part);

    /// <summary>Numbers of the cases to test; they seed what is random.</summary>
    /// <param name="all">How many there are in the long run.</param>
    /// <param name="few">How many there are in a normal run.</param>
    public static IEnumerable<int> Cases(int all, int few)
    {
        if (!IsOn)
        {
            return Enumerable.Range(0, few);
        }

        string[] numbers = Part!.Split('/');
        if (numbers.Length != 2
            || !int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out int part)
            || !int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parts)
            || part < 1
            || part > parts)
        {
            throw new FormatException($"{Variable} is '{Part}'; it must be a part and the number of parts, as in 1/1 or 3/20.");
        }

        int first = (int)((long)all * (part - 1) / parts), next = (int)((long)all * part / parts);
        return Enumerable.Range(first, next - first);
    }
}
