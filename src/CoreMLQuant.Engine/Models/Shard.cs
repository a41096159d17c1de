using System;
using System.Globalization;
using System.Text;

namespace CoreMLQuant.Models;

/// <summary>
/// One of several parts of a folder's models, for several machines. A model's part follows from a hash of its path in the folder, so that
/// it is the same on every machine, and models that are added or removed do not move others. The hash is 64-bit FNV-1a of the path
/// in UTF-8, with <c>/</c> between names, mixed so that its low bits depend on all of it. Names are taken as they are: not every system
/// can normalize them.
/// </summary>
/// <param name="Index">The part, from 1.</param>
/// <param name="Count">Number of parts.</param>
public readonly record struct Shard(int Index, int Count)
{
    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>Reads <c>3/16</c>, the third of sixteen parts.</summary>
    /// <param name="text">The text.</param>
    /// <param name="shard">The shard.</param>
    /// <returns>Whether it is one: two whole numbers, the first from 1 to the second.</returns>
    public static bool TryParse(string text, out Shard shard)
    {
        shard = default;
        string[] numbers = text.Split('/');
        if (numbers.Length != 2
            || !int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            || !int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            || index < 1 || index > count)
        {
            return false;
        }

        shard = new Shard(index, count);
        return true;
    }

    /// <summary>Reads <c>3/16</c>; what PowerShell converts an argument with.</summary>
    /// <exception cref="FormatException">It is not a shard.</exception>
    public static Shard Parse(string text) => TryParse(text, out Shard shard)
        ? shard
        : throw new FormatException($"'{text}' is not a shard. Specify its number, from 1, and the number of shards, such as 3/16.");

    /// <summary>Whether a model is in this part.</summary>
    /// <param name="relativePath">Its path in the folder that is divided.</param>
    public bool Contains(string relativePath) => Hash(relativePath) % (ulong)Count == (ulong)(Index - 1);

    /// <inheritdoc/>
    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "{0}/{1}", Index, Count);

    private static ulong Hash(string relativePath)
    {
        ulong hash = OffsetBasis;
        foreach (byte value in Encoding.UTF8.GetBytes(relativePath.Replace('\\', '/')))
        {
            hash = unchecked((hash ^ value) * Prime);
        }

        // The finalizer of MurmurHash3.
        hash = unchecked((hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD);
        hash = unchecked((hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53);
        return hash ^ (hash >> 33);
    }
}
