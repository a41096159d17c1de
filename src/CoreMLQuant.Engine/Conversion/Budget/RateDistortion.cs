using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Conversion.Budget;

/// <summary>
/// Chooses one way of storing each weight, so that together they take no more than a number of bytes at the least
/// distortion. Only alternatives on the lower convex hull of size against distortion come into question; steps along
/// the hulls are taken in the order of the distortion that a saved byte costs, which is optimal up to the last step
/// (Shoham and Gersho, 1988).
/// </summary>
internal static class RateDistortion
{
    /// <summary>Chooses for a number of bytes.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="bytes">Most bytes that they may take together.</param>
    /// <param name="length">Bytes that they take.</param>
    /// <returns>The choices, in the order of the weights; with the fewest bytes where nothing meets the budget.</returns>
    public static Alternative[] ForBytes(IReadOnlyList<WeightAlternatives> weights, long bytes, out long length)
    {
        Alternative[][] hulls = weights.Select(weight => Hull(weight.Alternatives)).ToArray();
        int[] place = new int[hulls.Length];
        length = hulls.Sum(hull => hull[0].Length);

        var taken = new Stack<(int Weight, int Step)>();
        foreach ((int weight, int step) in Steps(hulls))
        {
            if (length <= bytes)
            {
                break;
            }

            length -= hulls[weight][step - 1].Length - hulls[weight][step].Length;
            place[weight] = step;
            taken.Push((weight, step));
        }

        // The last step may have saved more than was needed: give back what fits, dearest first.
        foreach ((int weight, int step) in taken)
        {
            long more = hulls[weight][step - 1].Length - hulls[weight][step].Length;
            if (place[weight] == step && length + more <= bytes)
            {
                place[weight] = step - 1;
                length += more;
            }
        }

        return hulls.Select((hull, weight) => hull[place[weight]]).ToArray();
    }

    /// <summary>Chooses the smallest alternative of each weight that keeps a signal-to-noise ratio, dB; of several, the one that costs the output of the layer least.</summary>
    public static Alternative[] ForSnr(IReadOnlyList<WeightAlternatives> weights, double snr) => weights
        .Select(weight => weight.Alternatives
            .Where(alternative => alternative.Error.Snr >= snr)
            .OrderBy(alternative => alternative.Length).ThenBy(alternative => alternative.LayerError?.NoiseEnergy ?? 0)
            .First())
        .ToArray();

    /// <summary>Chooses for a bound on the distortion of all weights together.</summary>
    /// <returns>The choices, in the order of the weights: the fewest bytes, up to the last steps, with no more distortion.</returns>
    public static Alternative[] ForDistortion(IReadOnlyList<WeightAlternatives> weights, double bound)
    {
        Alternative[][] hulls = weights.Select(weight => Hull(weight.Alternatives)).ToArray();
        int[] place = new int[hulls.Length];
        double distortion = hulls.Sum(hull => hull[0].Distortion);
        foreach ((int weight, int step) in Steps(hulls))
        {
            double more = hulls[weight][step].Distortion - hulls[weight][step - 1].Distortion;

            // A step that is too large ends the way of its own weight only.
            if (place[weight] == step - 1 && distortion + more <= bound)
            {
                place[weight] = step;
                distortion += more;
            }
        }

        return hulls.Select((hull, weight) => hull[place[weight]]).ToArray();
    }

    /// <summary>The distortions between which the choice changes.</summary>
    /// <returns>The one at which anything becomes smaller, and the one at which everything is as small as it can be; both that of the data as it is when nothing can.</returns>
    public static (double Least, double Most) Range(IReadOnlyList<WeightAlternatives> weights)
    {
        Alternative[][] hulls = weights.Select(weight => Hull(weight.Alternatives)).ToArray();
        double start = hulls.Sum(hull => hull[0].Distortion);
        double first = hulls.Where(hull => hull.Length > 1).Select(hull => hull[1].Distortion - hull[0].Distortion).DefaultIfEmpty(0).Min();

        // The steps add up in another order, which must not keep the last one from being taken.
        return (start + first, hulls.Sum(hull => hull[hull.Length - 1].Distortion) * (1 + 1e-9));
    }

    // Along a hull the price of a byte only rises, so this order never takes a weight's steps out of turn.
    private static IEnumerable<(int Weight, int Step)> Steps(Alternative[][] hulls) => hulls
        .SelectMany((hull, weight) => Enumerable.Range(1, hull.Length - 1).Select(step => (Weight: weight, Step: step, Price: Price(hull[step - 1], hull[step]))))
        .OrderBy(step => step.Price).ThenBy(step => step.Weight).ThenBy(step => step.Step)
        .Select(step => (step.Weight, step.Step))
        .ToArray();

    /// <summary>The alternatives on the lower convex hull, largest first.</summary>
    private static Alternative[] Hull(IReadOnlyList<Alternative> alternatives)
    {
        var hull = new List<Alternative>();
        foreach (Alternative next in alternatives.OrderByDescending(alternative => alternative.Length).ThenBy(alternative => alternative.Distortion))
        {
            // Of two of one size the better came first; one that is smaller and no worse takes the place of all before it.
            if (hull.Count > 0 && hull[hull.Count - 1].Length == next.Length)
            {
                continue;
            }

            while (hull.Count > 0 && (hull[hull.Count - 1].Distortion >= next.Distortion
                || (hull.Count > 1 && Price(hull[hull.Count - 2], hull[hull.Count - 1]) >= Price(hull[hull.Count - 2], next))))
            {
                hull.RemoveAt(hull.Count - 1);
            }

            hull.Add(next);
        }

        return hull.ToArray();
    }

    /// <summary>Distortion that a saved byte costs.</summary>
    private static double Price(Alternative from, Alternative to) => (to.Distortion - from.Distortion) / Math.Max(from.Length - to.Length, 1);
}
