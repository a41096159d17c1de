using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Running;

/// <summary>The shapes that a feature takes: one, one of several, or a range along each axis.</summary>
/// <param name="Default">The shape that the model declares; empty where it declares none and takes any.</param>
/// <param name="Enumerated">The only shapes that it takes; empty where they are not enumerated.</param>
/// <param name="Ranges">The least and the greatest size along each axis (-1 for no limit); empty where sizes do not vary in ranges.</param>
public sealed record FeatureShape(
    IReadOnlyList<long> Default,
    IReadOnlyList<IReadOnlyList<long>> Enumerated,
    IReadOnlyList<(long Lower, long Upper)> Ranges)
{
    /// <summary>Whether more than one shape fits.</summary>
    public bool IsFlexible => Enumerated.Count > 1 || Ranges.Any(range => range.Lower != range.Upper) || (Default.Count == 0 && Ranges.Count == 0);

    /// <summary>Number of axes; <see langword="null"/> where any will do.</summary>
    public int? Rank => Ranges.Count > 0 ? Ranges.Count : Default.Count > 0 ? Default.Count : null;

    /// <summary>Whether values of a shape can be given.</summary>
    public bool Admits(IReadOnlyList<long> shape)
    {
        if (Enumerated.Count > 0)
        {
            return Enumerated.Any(one => one.SequenceEqual(shape));
        }

        if (Ranges.Count > 0)
        {
            return shape.Count == Ranges.Count
                && shape.Zip(Ranges, (size, range) => size >= range.Lower && (range.Upper < 0 || size <= range.Upper)).All(fits => fits);
        }

        return Default.Count == 0 || Default.SequenceEqual(shape);
    }

    /// <summary>
    /// The shape that a plain list of so many values takes: the only one that fits, with at most one size that is not fixed;
    /// <see langword="null"/> when there is none.
    /// </summary>
    public IReadOnlyList<long>? OfList(long count)
    {
        IEnumerable<IReadOnlyList<long>> candidates = Enumerated.Count > 0 ? Enumerated : Ranges.Count > 0 ? Completed(count) : [Default.Count > 0 ? Default : [count]];
        return candidates.FirstOrDefault(shape => shape.Aggregate(1L, (product, size) => product * size) == count);
    }

    private IEnumerable<IReadOnlyList<long>> Completed(long count)
    {
        long known = 1;
        int open = -1;
        for (int axis = 0; axis < Ranges.Count; axis++)
        {
            if (Ranges[axis].Lower == Ranges[axis].Upper)
            {
                known *= Ranges[axis].Lower;
            }
            else if (open < 0)
            {
                open = axis;
            }
            else
            {
                yield break;
            }
        }

        long[] shape = Ranges.Select(range => range.Lower).ToArray();
        if (open >= 0 && known > 0)
        {
            shape[open] = count / known;
        }

        if (Admits(shape))
        {
            yield return shape;
        }
    }
}
