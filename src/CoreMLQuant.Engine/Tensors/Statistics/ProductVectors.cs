using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Tensors.Statistics;

/// <summary>
/// Vectors of the other factor of a product of several matrices, which are stored in one weight. Each of these matrices meets vectors of its own; a vector is here what all of them meet
/// at once, in the order of the weight's axes. A value that has only one element along the axis of the matrices, or no such axis, gives the same to all of them.
/// </summary>
/// <param name="axes">Axes of the weight that the inputs lie over, the outermost first.</param>
internal sealed class ProductVectors(IReadOnlyList<ProductAxis> axes) : InputVectors
{
    /// <inheritdoc/>
    public override int Groups => 1;

    /// <inheritdoc/>
    public override int Columns { get; } = checked((int)Product(axes.Select(axis => (long)axis.Size)));

    /// <inheritdoc/>
    public override string Key => string.Join(", ", axes.Select(axis => string.Format(CultureInfo.InvariantCulture, "axis -{0}, {1}{2}", axis.FromEnd, axis.Size, axis.IsSummed ? " summed" : string.Empty)));

    /// <inheritdoc/>
    public override long CountIn(IReadOnlyList<long> shape)
    {
        foreach (ProductAxis axis in axes)
        {
            int at = PlaceOf(axis, shape);
            long size = at >= 0 ? shape[at] : 1;
            if (size != axis.Size && (size != 1 || axis.IsSummed))
            {
                throw Misshaped(shape, $"{axis.Size} elements along axis -{axis.FromEnd} are expected");
            }
        }

        return Product(FreeAxes(shape).Select(axis => shape[axis]));
    }

    /// <inheritdoc/>
    public override void Read(ReadOnlySpan<float> values, IReadOnlyList<long> shape, int group, ReadOnlySpan<int> vectors, Span<float> tile, int stride)
    {
        int[] free = FreeAxes(shape).ToArray(), steps = free.Select(axis => StepOf(shape, axis)).ToArray(), offsets = Offsets(shape);
        for (int i = 0; i < vectors.Length; i++)
        {
            int first = 0, place = vectors[i];
            for (int axis = free.Length - 1; axis >= 0; axis--)
            {
                place = Math.DivRem(place, (int)shape[free[axis]], out int at);
                first += at * steps[axis];
            }

            for (int column = 0, to = i; column < offsets.Length; column++, to += stride)
            {
                tile[to] = values[first + offsets[column]];
            }
        }
    }

    private IEnumerable<int> FreeAxes(IReadOnlyList<long> shape) => Enumerable.Range(0, shape.Count).Where(axis => axes.All(one => PlaceOf(one, shape) != axis));

    // A value of one axis is a single vector, whichever factor it is.
    private static int PlaceOf(ProductAxis axis, IReadOnlyList<long> shape) => shape.Count == 1 ? axis.IsSummed ? 0 : -1 : shape.Count - axis.FromEnd;

    // Where the elements of a vector are, from its first on.
    private int[] Offsets(IReadOnlyList<long> shape)
    {
        int[] offsets = [0];
        foreach (ProductAxis axis in axes)
        {
            int at = PlaceOf(axis, shape), step = at >= 0 && shape[at] > 1 ? StepOf(shape, at) : 0;
            offsets = offsets.SelectMany(offset => Enumerable.Range(0, axis.Size).Select(i => offset + (i * step))).ToArray();
        }

        return offsets;
    }

    private static int StepOf(IReadOnlyList<long> shape, int axis) => checked((int)Product(shape.Skip(axis + 1)));
}

/// <summary>An axis of a weight that inputs lie over.</summary>
/// <param name="Size">Elements along it.</param>
/// <param name="FromEnd">The axis of the other factor that meets it, counted from the last, which is 1.</param>
/// <param name="IsSummed">Whether it is summed over; otherwise, it is one of matrices.</param>
internal readonly record struct ProductAxis(int Size, int FromEnd, bool IsSummed);
