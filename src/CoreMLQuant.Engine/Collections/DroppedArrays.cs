using System;
using System.Threading;

namespace CoreMLQuant.Collections;

/// <summary>
/// Has large arrays collected that are no longer used. The garbage collector looks at them once there are as many new ones as there is memory that stays, which on a machine with much memory
/// is gigabytes for a model of hundreds of megabytes.
/// </summary>
internal static class DroppedArrays
{
    /// <summary>Bytes after which they are collected.</summary>
    public const long Most = 128L << 20;

    private static long _bytes;

    /// <summary>Counts arrays that nobody will use any more, and collects them if they are many. For any thread.</summary>
    /// <param name="bytes">Their bytes.</param>
    public static void Add(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) > Most)
        {
            Interlocked.Exchange(ref _bytes, 0);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
        }
    }
}
