using System;
using System.Buffers;
using System.Collections.Generic;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// Arrays to work in. Small ones come from the shared pool; it rounds lengths up to a power of two and keeps what it has given, which for large
/// weights would be hundreds of megabytes. Large ones have one length, so that each serves the next weight, whatever it is for there; left to the
/// collector, those of dozens of weights would be in memory before it looks. They are kept until <see cref="Trim"/>, and
/// <see cref="WorkingMemory"/> bounds how many are in use.
/// </summary>
internal static class ScratchArray
{
    private const int LargestShared = 1 << 20;

    // One element for each distinct value or bin of a histogram, and what edges and vectors need beyond them.
    private const int LargestKept = LargestShared + 64;

    private static readonly List<Action> Trims = [];

    /// <summary>An array of at least this length, with anything in it.</summary>
    public static T[] Rent<T>(int length) => length <= LargestShared ? ArrayPool<T>.Shared.Rent(length)
        : length <= LargestKept ? Kept<T>.Rent()
        : new T[length];

    /// <summary>Gives an array back.</summary>
    public static void Return<T>(T[] array)
    {
        if (array.Length <= LargestShared)
        {
            ArrayPool<T>.Shared.Return(array);
        }
        else if (array.Length == LargestKept)
        {
            Kept<T>.Return(array);
        }
    }

    /// <summary>Leaves the large arrays that nobody uses to the collector: for the end of a conversion.</summary>
    public static void Trim()
    {
        lock (Trims)
        {
            Trims.ForEach(trim => trim());
        }
    }

    private static class Kept<T>
    {
        private static readonly Stack<T[]> Arrays = new();

        static Kept()
        {
            lock (Trims)
            {
                Trims.Add(Clear);
            }
        }

        public static T[] Rent()
        {
            lock (Arrays)
            {
                return Arrays.Count > 0 ? Arrays.Pop() : new T[LargestKept];
            }
        }

        public static void Return(T[] array)
        {
            lock (Arrays)
            {
                Arrays.Push(array);
            }
        }

        private static void Clear()
        {
            lock (Arrays)
            {
                Arrays.Clear();
            }
        }
    }
}
