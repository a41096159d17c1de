using System;
using System.Collections;
using System.Collections.Generic;

namespace CoreMLQuant.Collections;

/// <summary>
/// A list that grows by segments, where others are copied into arrays of twice the length. Arrays of thousands of entries are large objects, and a few megabytes
/// of those make the runtime collect everything there is.
/// </summary>
internal sealed class SegmentedList<TItem> : IReadOnlyList<TItem>
{
    private const int Shift = 10;
    private const int SegmentLength = 1 << Shift;
    private const int FirstLength = 16;

    // All of the full length but the first, as long as that is the only one.
    private readonly List<TItem[]> _segments = [];

    /// <summary>Number of items.</summary>
    public int Count { get; private set; }

    /// <summary>An item.</summary>
    /// <param name="index">Its place, below <see cref="Count"/>.</param>
    public TItem this[int index]
    {
        get => _segments[index >> Shift][index & (SegmentLength - 1)];
        set => _segments[index >> Shift][index & (SegmentLength - 1)] = value;
    }

    /// <summary>Adds an item at the end.</summary>
    public void Add(TItem item)
    {
        int within = Count & (SegmentLength - 1);
        if (within == 0)
        {
            _segments.Add(new TItem[Count == 0 ? FirstLength : SegmentLength]);
        }
        else if (within == _segments[_segments.Count - 1].Length)
        {
            TItem[] only = _segments[0];
            Array.Resize(ref only, only.Length * 2);
            _segments[0] = only;
        }

        _segments[_segments.Count - 1][within] = item;
        Count++;
    }

    /// <summary>The items in order.</summary>
    public IEnumerator<TItem> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
