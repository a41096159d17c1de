using System;

namespace CoreMLQuant.Tensors;

/// <summary>Collects the distinct values of a weight, tile by tile, until there are more than a table can hold.</summary>
/// <param name="maxEntries">What the table can hold, 1 to 256.</param>
internal sealed class UniqueTable(int maxEntries)
{
    // Four times the entries, so that a search ends soon.
    private const int Slots = 4 * NearestEntry.MaxEntries;

    private readonly uint[] _slots = new uint[Slots];
    private readonly bool[] _used = new bool[Slots];
    private readonly float[] _entries = new float[maxEntries];
    private int _count;

    /// <summary>Whether there were more distinct values than the table can hold.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Looks at more values; -0 counts as +0.</summary>
    /// <param name="values">No NaN.</param>
    /// <returns>Whether the table still holds all.</returns>
    public bool Add(ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length && !IsTooLarge; i++)
        {
            float value = values[i] + 0f;
            uint bits = SingleBits.ToBits(value);
            uint slot = (bits * 2654435769u) >> 22;
            while (_used[slot] && _slots[slot] != bits)
            {
                slot = (slot + 1) % Slots;
            }

            if (!_used[slot])
            {
                IsTooLarge = _count == maxEntries;
                if (!IsTooLarge)
                {
                    _used[slot] = true;
                    _slots[slot] = bits;
                    _entries[_count++] = value;
                }
            }
        }

        return !IsTooLarge;
    }

    /// <summary>The distinct values, ascending; <see langword="null"/> when there are too many.</summary>
    public float[]? ToSorted()
    {
        if (IsTooLarge)
        {
            return null;
        }

        float[] sorted = _entries.AsSpan(0, _count).ToArray();
        Array.Sort(sorted);
        return sorted;
    }
}
