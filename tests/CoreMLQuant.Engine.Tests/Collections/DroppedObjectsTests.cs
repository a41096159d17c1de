using System;
using System.Linq;
using System.Runtime.CompilerServices;
using CoreMLQuant.Collections;
using CoreMLQuant.Tests.Conversion;
using Xunit;

namespace CoreMLQuant.Tests.Collections;

/// <summary>What has been dropped is collected once it is much. Measured in the memory of this process, so nothing else may run in it.</summary>
[Collection(nameof(PlanningScaleTests))]
public class DroppedObjectsTests
{
    private const int ArrayLength = 1000;

    [Fact]
    public void CollectBetweenModels_MuchHasBeenDropped_IsGone()
    {
        Begin();
        WeakReference dropped = Drop(2 * DroppedObjects.MostBetweenModels);
        DroppedObjects.CollectBetweenModels();
        Assert.False(dropped.IsAlive);
    }

    [Fact]
    public void CollectWithinModel_MuchHasBeenDropped_IsGone()
    {
        Begin();
        WeakReference dropped = Drop(2 * DroppedObjects.MostWithinModel);
        DroppedObjects.CollectWithinModel();
        Assert.False(dropped.IsAlive);
    }

    [Fact]
    public void CollectBetweenModels_LittleHasBeenDropped_CollectsNothing()
    {
        Begin();
        _ = Drop(DroppedObjects.MostBetweenModels / 4);
        int before = GC.CollectionCount(GC.MaxGeneration);
        DroppedObjects.CollectBetweenModels();
        Assert.Equal(before, GC.CollectionCount(GC.MaxGeneration));
    }

    private static void Begin()
    {
        GC.Collect();
        DroppedObjects.CollectBetweenModels();
    }

    // All of them old, as those of a long step are. What earlier tests left may be collected meanwhile, so much more is dropped than has to be.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Drop(long bytes)
    {
        byte[][] arrays = Enumerable.Range(0, (int)(bytes / ArrayLength) + 1).Select(_ => new byte[ArrayLength]).ToArray();
        GC.Collect();
        var dropped = new WeakReference(arrays[0]);
        GC.KeepAlive(arrays);
        return dropped;
    }
}
