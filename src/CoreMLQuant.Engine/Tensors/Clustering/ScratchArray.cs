using System.Buffers;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// Arrays to work in. Small ones come from the pool; it rounds lengths up to a power of two and keeps what it has given, which
/// for a large weight would be hundreds of megabytes, so large ones are made to measure and left to the collector.
/// </summary>
internal static class ScratchArray
{
    private const int LargestPooled = 1 << 20;

    /// <summary>An array of at least this length, with anything in it.</summary>
    public static T[] Rent<T>(int length) => length <= LargestPooled ? ArrayPool<T>.Shared.Rent(length) : new T[length];

    /// <summary>Gives an array back.</summary>
    public static void Return<T>(T[] array)
    {
        if (array.Length <= LargestPooled)
        {
            ArrayPool<T>.Shared.Return(array);
        }
    }
}
