using System;
using System.Threading;

namespace CoreMLQuant.Collections;

/// <summary>
/// Has the objects collected that a step of some work has dropped, before the next one makes as many. Those of a program of tens of thousands of operations live long enough to
/// become old, and the garbage collector looks at old objects only when they are several times what stays: one conversion would start on top of what is left of others.
/// </summary>
internal static class DroppedObjects
{
    /// <summary>Bytes by which the heap grows before it is looked at. Smaller programs are never worth it within one conversion.</summary>
    public const long Most = 64L << 20;

    // What was there when it was looked at last, or less.
    private static long _left;

    /// <summary>Collects them if the heap has grown by more than <see cref="Most"/>. To be called where much has just been dropped; for any thread.</summary>
    public static void Collect()
    {
        long now = GC.GetTotalMemory(forceFullCollection: false), left = Interlocked.Read(ref _left);
        if (now - left > Most)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
            Interlocked.Exchange(ref _left, GC.GetTotalMemory(forceFullCollection: false));
        }
        else if (now < left)
        {
            Interlocked.Exchange(ref _left, now);
        }
    }
}
