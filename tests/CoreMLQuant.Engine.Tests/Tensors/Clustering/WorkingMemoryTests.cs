using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CoreMLQuant.Tensors.Clustering;
using Xunit;

namespace CoreMLQuant.Tests.Tensors.Clustering;

/// <summary>How much memory searches take together, whatever the number of processors.</summary>
public class WorkingMemoryTests
{
    [Fact]
    public async Task Reserve_ManyLargeSearches_NeverTakeMoreThanTheLimitTogether()
    {
        const long Each = (WorkingMemory.Limit / 2) - 1;
        int running = 0, most = 0;
        Task[] searches = Enumerable.Range(0, 12).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using WorkingMemory.Reservation room = WorkingMemory.Reserve(Each, CancellationToken.None);
                InterlockedMax(ref most, Interlocked.Increment(ref running));
                Thread.Sleep(20);
                Interlocked.Decrement(ref running);
            },
            TaskCreationOptions.LongRunning)).ToArray();
        await Task.WhenAll(searches);
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public void Reserve_MoreThanTheLimit_FindsRoomWhenItIsAlone()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        using WorkingMemory.Reservation room = WorkingMemory.Reserve(3 * WorkingMemory.Limit, stop.Token);
        Assert.False(stop.IsCancellationRequested);
    }

    [Fact]
    public async Task Reserve_Cancelled_StopsWaiting()
    {
        using WorkingMemory.Reservation all = WorkingMemory.Reserve(WorkingMemory.Limit, CancellationToken.None);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Run(() => WorkingMemory.Reserve(WorkingMemory.Limit, stop.Token).Dispose()));
    }

    [Fact]
    public void ScratchArray_OfALargeWeight_ServesTheNextOne()
    {
        const int Large = ValueHistogram.MaxDistinct + 1;
        decimal[] first = ScratchArray.Rent<decimal>(Large);
        ScratchArray.Return(first);
        decimal[] second = ScratchArray.Rent<decimal>(Large + 7);
        Assert.Same(first, second);
        ScratchArray.Return(second);
        ScratchArray.Trim();
        Assert.NotSame(first, ScratchArray.Rent<decimal>(Large));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
