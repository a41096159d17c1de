using System;
using System.Linq;

namespace CoreMLQuant.Tensors.Clustering;

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

    /// <summary>Most distinct values in a group of a weight; more than indices of 8 bits can name count as one more.</summary>
    /// <param name="values">The weight.</param>
    /// <param name="groups">Its groups.</param>
    public static int MostIn(TensorValues values, BlockGrid groups)
    {
        const int MostNamed = 256;
        int most = 0;
        float[] buffer = new float[ValueTiles.Length];
        for (long group = 0; group < groups.BlockCount; group++)
        {
            var distinct = new UniqueTable(MostNamed);
            bool fits = true;
            foreach ((long start, long length) in groups.RunsOfBlock(group).TakeWhile(_ => fits))
            {
                for (long done = 0; done < length && fits; done += buffer.Length)
                {
                    Span<float> tile = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done));
                    values.Read(start + done, tile);
                    fits = distinct.Add(tile);
                }
            }

            most = Math.Max(most, fits ? distinct.ToSorted()!.Length : MostNamed + 1);
        }

        return most;
    }
}
