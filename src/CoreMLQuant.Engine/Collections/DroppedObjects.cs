using System;
using System.Threading;

namespace CoreMLQuant.Collections;

/// <summary>
/// Has the objects collected that a step of some work has dropped, before the next one makes as many. Those of a program of tens of thousands of operations live long enough to
/// become old, and the garbage collector looks at old objects only when they are several times what stays: one conversion would start on top of what is left of others.
/// </summary>
internal static class DroppedObjects
{
    /// <summary>Bytes by which the heap grows from model to model before it is looked at: that costs what stays there, whatever was dropped.</summary>
    public const long MostBetweenModels = 64L << 20;

    /// <summary>Bytes by which it grows within the work on one model. Programs of a few thousand operations stay below.</summary>
    public const long MostWithinModel = 40L << 20;

    // What was there when nothing of a model was, as far as that is known, and when the work on the last model began or was looked at since.
    private static long _between;
    private static long _within;

    /// <summary>To be called before a model is opened, when the one before it has been dropped. For any thread.</summary>
    public static void CollectBetweenModels()
    {
        long now = Collect(Interlocked.Read(ref _between), MostBetweenModels, out bool isCollected);
        Interlocked.Exchange(ref _within, now);
        if (isCollected || now < Interlocked.Read(ref _between))
        {
            Interlocked.Exchange(ref _between, now);
        }
    }

    /// <summary>To be called between steps of the work on one model that have little in common. For any thread.</summary>
    public static void CollectWithinModel()
    {
        long now = Collect(Interlocked.Read(ref _within), MostWithinModel, out bool isCollected);
        if (isCollected)
        {
            Interlocked.Exchange(ref _within, now);
        }
    }

    private static long Collect(long before, long most, out bool isCollected)
    {
        long now = GC.GetTotalMemory(forceFullCollection: false);
        isCollected = now - before > most;
        if (!isCollected)
        {
            return now;
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: false);
    }
}
