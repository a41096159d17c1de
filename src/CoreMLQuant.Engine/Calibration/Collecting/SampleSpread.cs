using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>A few of many samples, spread evenly: each in the middle of as many others.</summary>
internal static class SampleSpread
{
    /// <summary>Picks samples, in their order.</summary>
    /// <param name="samples">All samples.</param>
    /// <param name="total">Their number.</param>
    /// <param name="count">How many are picked, <paramref name="total"/> at most.</param>
    public static IEnumerable<T> Spread<T>(this IEnumerable<T> samples, int total, int count)
    {
        var picked = new HashSet<int>(Enumerable.Range(0, count).Select(i => (int)(((2L * i) + 1) * total / (2 * count))));
        return samples.Where((_, i) => picked.Contains(i));
    }
}
