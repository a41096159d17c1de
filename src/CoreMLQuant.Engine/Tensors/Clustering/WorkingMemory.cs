using System;
using System.Threading;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// Bounds the memory that all searches for lookup tables take together, in this process: with one large weight for each of many processors it would be
/// gigabytes. A search that finds no room waits until others are done; one that is alone always finds it.
/// </summary>
internal static class WorkingMemory
{
    /// <summary>Bytes that all searches together may take.</summary>
    public const long Limit = 128L << 20;

    // Searches of small groups of channels by the thousand are not worth counting.
    private const long Negligible = 1 << 20;

    private static readonly TimeSpan StopInterval = TimeSpan.FromMilliseconds(50);
    private static readonly object Gate = new();
    private static long _used;

    /// <summary>Waits for room and takes it.</summary>
    /// <param name="bytes">Bytes that a search needs.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>To be disposed when the search is done.</returns>
    public static Reservation Reserve(long bytes, CancellationToken cancellationToken)
    {
        if (bytes < Negligible)
        {
            return default;
        }

        lock (Gate)
        {
            while (_used > 0 && _used + bytes > Limit)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Monitor.Wait(Gate, StopInterval);
            }

            _used += bytes;
        }

        return new Reservation(bytes);
    }

    /// <summary>Room that a search has.</summary>
    public readonly struct Reservation(long bytes) : IDisposable
    {
        /// <summary>Gives it back.</summary>
        public void Dispose()
        {
            if (bytes == 0)
            {
                return;
            }

            lock (Gate)
            {
                _used -= bytes;
                Monitor.PulseAll(Gate);
            }
        }
    }
}
