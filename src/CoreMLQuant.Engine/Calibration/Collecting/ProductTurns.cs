using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration.Files;
using CoreMLQuant.Collections;
using CoreMLQuant.Files;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>
/// Where the sums of products are while samples run: in memory if all of them fit, or in a file. Then vectors wait in another file until they are many, and some of the sums after the other are read, get
/// their vectors and are written again. So the model runs once, however many sums there are, and each sum gets the same tiles in the same order.
/// </summary>
/// <param name="parkedBytes">Bytes of products that are parked in a file; 0 when none are.</param>
/// <param name="options">Where the files are, and how much waits.</param>
internal sealed class ProductTurns(long parkedBytes, CalibrationOptions options) : IDisposable
{
    private readonly ScratchFile? _parked = parkedBytes > 0 ? new ScratchFile(options.TemporaryFolder) : null;

    // Products that are parked come first: their room is taken while samples run.
    private readonly long _mostWaitingBytes = parkedBytes > 0 ? Math.Min(options.MaxWaitingBytes, FreeSpace.Of(options.TemporaryFolder) - parkedBytes) : 0;
    private IReadOnlyList<IReadOnlyList<InputSums>> _turns = [];
    private ScratchFile? _waiting;
    private bool _isHandedOver;

    /// <summary>Whether so many vectors wait that their products should be added.</summary>
    public bool IsDue => _waiting?.Length > _mostWaitingBytes;

    /// <summary>Begins a pass of the samples.</summary>
    /// <param name="turns">Sums of the pass that fit into memory together.</param>
    public void Begin(IReadOnlyList<IReadOnlyList<InputSums>> turns)
    {
        _turns = turns;
        foreach (InputSums sums in turns.SelectMany(turn => turn))
        {
            if (turns.Count > 1)
            {
                sums.Wait(_waiting ??= new ScratchFile(options.TemporaryFolder));
            }
            else
            {
                sums.Unpark();
            }
        }
    }

    /// <summary>Adds the products of all vectors that wait.</summary>
    /// <param name="kept">Told each change of sums.</param>
    /// <param name="cancellationToken">Stops between turns; the vectors of those to come still wait.</param>
    /// <exception cref="System.IO.IOException">There is no room.</exception>
    public void AddWaiting(KeptSums kept, CancellationToken cancellationToken)
    {
        foreach (InputSums[] turn in _turns.Select(turn => turn.Where(sums => sums.IsWaiting).ToArray()).Where(turn => turn.Length > 0))
        {
            cancellationToken.ThrowIfCancellationRequested();
            kept.Change(() => AddWaiting(turn));
        }

        _waiting?.Clear();
    }

    /// <summary>Ends a pass of the samples.</summary>
    /// <param name="kept">Told each change of sums.</param>
    /// <param name="cancellationToken">Stops between turns.</param>
    /// <exception cref="System.IO.IOException">There is no room.</exception>
    public void End(KeptSums kept, CancellationToken cancellationToken)
    {
        AddWaiting(kept, cancellationToken);
        foreach (InputSums sums in _turns.SelectMany(turn => turn))
        {
            sums.Wait(null);
            if (_parked is not null)
            {
                sums.Park(_parked);
                DroppedArrays.Add(sums.ProductBytes);
            }
        }

        _turns = [];
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

    private void AddWaiting(InputSums[] turn)
    {
        using (var work = ParallelWork<InputSums>.Start(turn, 0, (sums, _) => sums.AddWaiting(_parked!), CancellationToken.None))
        {
            work.Join();
        }

        DroppedArrays.Add(turn.Sum(sums => sums.ProductBytes));
    }
}
