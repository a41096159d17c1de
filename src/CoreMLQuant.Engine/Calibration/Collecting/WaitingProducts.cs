using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration.Files;
using CoreMLQuant.Collections;
using CoreMLQuant.Files;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>
/// Where sums of products are while samples run: in memory if all of them fit, or in a file. Then vectors wait in another file until they are many, and the sums are read, get their vectors and are written again, as
/// many at a time as memory holds. So the model runs once, however many sums there are, and each gets the same tiles in the same order.
/// </summary>
/// <param name="parkedBytes">Bytes of products that are parked in a file; 0 when they all fit into memory.</param>
/// <param name="options">Where the files are, and how much is in memory and waits.</param>
internal sealed class WaitingProducts(long parkedBytes, CalibrationOptions options) : IDisposable
{
    private readonly ScratchFile? _parked = parkedBytes > 0 ? new ScratchFile(options.TemporaryFolder, parkedBytes) : null;

    // Products that are parked come first: their room is taken while samples run.
    private readonly long _mostWaitingBytes = parkedBytes > 0 ? Math.Min(options.MaxWaitingBytes, FreeSpace.Of(options.TemporaryFolder) - parkedBytes) : 0;
    private IReadOnlyList<InputSums> _sums = [];
    private ScratchFile? _waiting;
    private bool _isHandedOver;

    /// <summary>Whether so many vectors wait that their products should be added.</summary>
    public bool IsDue => _waiting?.Length > _mostWaitingBytes;

    /// <summary>Begins a pass of the samples.</summary>
    /// <param name="sums">The sums that it fills.</param>
    public void Begin(IReadOnlyList<InputSums> sums)
    {
        _sums = sums;
        bool areHeld = _parked is null || sums.Sum(one => one.ProductBytes) <= options.MaxHeldGramBytes;
        foreach (InputSums one in sums)
        {
            if (areHeld)
            {
                one.Unpark();
            }
            else
            {
                one.Park(_parked!);
                one.Wait(_waiting ??= new ScratchFile(options.TemporaryFolder));
            }
        }
    }

    /// <summary>Adds the products of all vectors that wait.</summary>
    /// <param name="kept">Told the change.</param>
    /// <param name="cancellationToken">Stops between sums; the vectors of those to come still wait.</param>
    /// <exception cref="System.IO.IOException">There is no room.</exception>
    public void AddWaiting(KeptSums kept, CancellationToken cancellationToken)
    {
        InputSums[] waiting = _sums.Where(sums => sums.IsWaiting).OrderByDescending(sums => sums.ProductBytes).ToArray();
        if (waiting.Length > 0)
        {
            kept.Change(() => AddWaiting(waiting, cancellationToken));
            _waiting!.Clear();
        }
    }

    /// <summary>Ends a pass of the samples.</summary>
    /// <param name="kept">Told the change.</param>
    /// <param name="cancellationToken">Stops between sums.</param>
    /// <exception cref="System.IO.IOException">There is no room.</exception>
    public void End(KeptSums kept, CancellationToken cancellationToken)
    {
        AddWaiting(kept, cancellationToken);
        foreach (InputSums sums in _sums)
        {
            sums.Wait(null);
            if (_parked is not null)
            {
                sums.Park(_parked);
            }
        }

        DroppedArrays.Add(_parked is null ? 0 : _sums.Sum(sums => sums.ProductBytes));
        _sums = [];
    }

    /// <summary>Leaves the sums where they are, in the file as well: it is theirs from now on.</summary>
    public void HandOver() => _isHandedOver = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        _waiting?.Dispose();
        if (!_isHandedOver)
        {
            _parked?.Dispose();
        }
    }

    private void AddWaiting(InputSums[] waiting, CancellationToken cancellationToken)
    {
        // The largest comes first, and what holds it is used again for all others.
        long largest = waiting[0].ProductBytes;
        int workers = (int)Math.Min(Environment.ProcessorCount, Math.Max(1, options.MaxHeldGramBytes / largest));
        var buffers = new ConcurrentBag<double[]>();
        using (var work = ParallelWork<InputSums>.Start(waiting, workers, AddOne, cancellationToken))
        {
            work.Join();
        }

        DroppedArrays.Add(buffers.Count * largest);

        void AddOne(InputSums sums, CancellationToken stop)
        {
            double[] buffer = buffers.TryTake(out double[]? used) ? used : new double[largest / sizeof(double)];
            sums.AddWaiting(_parked!, buffer);
            buffers.Add(buffer);
        }
    }
}
