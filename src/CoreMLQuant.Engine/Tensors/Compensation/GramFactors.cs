using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace CoreMLQuant.Tensors.Compensation;

/// <summary>
/// The Gram matrices of a weight, one for each group, and their factors. Finding a factor takes as long as compensating a weight of as many rows as the matrix has, so whoever
/// encodes a weight in several ways keeps the factors meanwhile.
/// </summary>
/// <param name="read">Reads the Gram matrix of each group.</param>
/// <param name="damping">What factors add to the diagonal, as a share of its mean.</param>
internal sealed class GramFactors(Func<GramMatrix[]> read, double damping)
{
    // Of all weights together: a factor of 4096 inputs takes 64 MB, and there are two orders.
    private const long MostKept = 256L << 20;

    private static long _keptOfAll;

    private readonly Dictionary<(int Group, bool ByActivation), InverseFactor?> _kept = [];
    private long _keptBytes;
    private int _keepers;

    /// <summary>Reads the Gram matrix of each group.</summary>
    public GramMatrix[] ReadMatrices() => read();

    /// <summary>The factors of a group, for each order of the columns; none where its matrix has no factor.</summary>
    /// <param name="group">The group.</param>
    /// <param name="matrix">Its Gram matrix.</param>
    /// <param name="byActivation">Whether there is also one with the largest inputs first. The natural order is last.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    public InverseFactor[] Of(int group, GramMatrix matrix, bool byActivation, CancellationToken cancellationToken)
    {
        bool[] orders = byActivation ? [true, false] : [false];
        return orders.Select(order => Find(group, matrix, order, cancellationToken)).OfType<InverseFactor>().ToArray();
    }

    /// <summary>Keeps the factors that are found from now on, as far as there is room, until the result is disposed of.</summary>
    public IDisposable Keep()
    {
        lock (_kept)
        {
            _keepers++;
        }

        return new Keeping(this);
    }

    private InverseFactor? Find(int group, GramMatrix matrix, bool byActivation, CancellationToken cancellationToken)
    {
        lock (_kept)
        {
            if (_kept.TryGetValue((group, byActivation), out InverseFactor? known))
            {
                return known;
            }
        }

        var factor = InverseFactor.Find(matrix, byActivation ? InverseFactor.ByActivation(matrix) : InverseFactor.Natural(matrix.Count), damping, cancellationToken);
        lock (_kept)
        {
            long bytes = (long)matrix.Count * matrix.Count * sizeof(float);
            if (_keepers > 0 && !_kept.ContainsKey((group, byActivation)) && HasRoom(bytes))
            {
                _kept.Add((group, byActivation), factor);
                _keptBytes += bytes;
            }
        }

        return factor;
    }

    private static bool HasRoom(long bytes)
    {
        if (Interlocked.Add(ref _keptOfAll, bytes) <= MostKept)
        {
            return true;
        }

        Interlocked.Add(ref _keptOfAll, -bytes);
        return false;
    }

    private void Leave()
    {
        lock (_kept)
        {
            if (--_keepers == 0)
            {
                _kept.Clear();
                Interlocked.Add(ref _keptOfAll, -_keptBytes);
                _keptBytes = 0;
            }
        }
    }

    private sealed class Keeping(GramFactors factors) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                factors.Leave();
            }
        }
    }
}
