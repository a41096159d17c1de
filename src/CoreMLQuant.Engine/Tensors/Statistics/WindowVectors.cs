using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CoreMLQuant.Tensors.Statistics;

/// <summary>
/// The patches under the kernel of a convolution (im2col): the channels of a group, and of each the elements under the kernel, in the order of the
/// weight's axes. Values have channels and the spatial axes last; all axes before count as batch.
/// </summary>
/// <param name="channels">Channels of the value.</param>
/// <param name="groups">Groups; divides the channels.</param>
/// <param name="window">The window, of one to three axes.</param>
internal sealed class WindowVectors(int channels, int groups, SlidingWindow window) : InputVectors
{
    private readonly int _rank = window.Kernel.Count;
    private readonly int _channelsOfGroup = channels / groups;

    /// <inheritdoc/>
    public override int Groups => groups;

    /// <inheritdoc/>
    public override int Columns { get; } = checked(channels / groups * window.KernelSize);

    /// <inheritdoc/>
    public override string Key => string.Format(CultureInfo.InvariantCulture, "window {0} groups {1} of {2}", window.Key, groups, channels);

    /// <inheritdoc/>
    public override long CountIn(IReadOnlyList<long> shape) => shape.Count > _rank && shape[shape.Count - _rank - 1] == channels
        ? Enumerable.Range(0, _rank).Aggregate(BatchOf(shape), (product, axis) => checked(product * window.CountOn(axis, SizeOf(shape, axis))))
        : throw Misshaped(shape, $"{channels} channels and {_rank} spatial axes are expected at its end");

    /// <inheritdoc/>
    public override void Read(ReadOnlySpan<float> values, IReadOnlyList<long> shape, int group, ReadOnlySpan<int> vectors, Span<float> tile, int stride)
    {
        int kernel = window.KernelSize, plane = (int)Product(shape.Skip(shape.Count - _rank));
        int[] batches = ArrayPool<int>.Shared.Rent(vectors.Length), offsets = ArrayPool<int>.Shared.Rent(kernel * vectors.Length);
        try
        {
            FindOffsets(shape, vectors, batches, offsets);
            for (int channel = 0; channel < _channelsOfGroup; channel++)
            {
                int first = ((group * _channelsOfGroup) + channel) * plane;
                for (int element = 0; element < kernel; element++)
                {
                    ReadOnlySpan<int> from = offsets.AsSpan(element * vectors.Length, vectors.Length);
                    Span<float> to = tile.Slice(((channel * kernel) + element) * stride, vectors.Length);
                    for (int i = 0; i < to.Length; i++)
                    {
                        to[i] = from[i] < 0 ? 0 : values[(batches[i] * channels * plane) + first + from[i]];
                    }
                }
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(batches);
            ArrayPool<int>.Shared.Return(offsets);
        }
    }

    // Where the elements under the kernel stand within a plane, by element and then by vector; -1 in the padding.
    private void FindOffsets(IReadOnlyList<long> shape, ReadOnlySpan<int> vectors, int[] batches, int[] offsets)
    {
        int[] sizes = new int[_rank], counts = new int[_rank], begins = new int[_rank], start = new int[_rank];
        for (int axis = 0; axis < _rank; axis++)
        {
            sizes[axis] = (int)SizeOf(shape, axis);
            counts[axis] = (int)window.CountOn(axis, sizes[axis]);
            begins[axis] = window.BeginOf(axis, sizes[axis]);
        }

        for (int i = 0; i < vectors.Length; i++)
        {
            int place = vectors[i];
            for (int axis = _rank - 1; axis >= 0; axis--)
            {
                place = Math.DivRem(place, counts[axis], out int at);
                start[axis] = (at * window.Strides[axis]) - begins[axis];
            }

            batches[i] = place;
            for (int element = 0; element < window.KernelSize; element++)
            {
                offsets[(element * vectors.Length) + i] = OffsetOf(element, start, sizes);
            }
        }
    }

    private int OffsetOf(int element, int[] start, int[] sizes)
    {
        int offset = 0, plane = 1;
        for (int axis = _rank - 1; axis >= 0; axis--)
        {
            element = Math.DivRem(element, window.Kernel[axis], out int at);
            int place = start[axis] + (at * window.Dilations[axis]);
            if ((uint)place >= (uint)sizes[axis])
            {
                return -1;
            }

            offset += place * plane;
            plane *= sizes[axis];
        }

        return offset;
    }

    private long BatchOf(IReadOnlyList<long> shape) => Product(shape.Take(shape.Count - _rank - 1));

    private long SizeOf(IReadOnlyList<long> shape, int axis) => shape[shape.Count - _rank + axis];
}
