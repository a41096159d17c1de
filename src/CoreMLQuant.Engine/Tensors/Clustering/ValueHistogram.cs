using System;
using System.Runtime.CompilerServices;
using System.Threading;

namespace CoreMLQuant.Tensors.Clustering;

/// <summary>
/// The values of a weight that is too large to hold, added tile by tile, for <see cref="ScalarKMeans"/>. Exact while there are at most
/// <see cref="MaxDistinct"/> distinct values, which holds for every FP16 weight; beyond that, values are gathered in fine bins, each
/// with its exact count and mean. At most 40 MB while values are added, and some 60 bytes for each distinct value or bin while solving. The same result for the same tiles in the same order; while exact, for any order.
/// </summary>
/// <remarks>
/// The bound: the distance to the nearest centroid changes by no more than a value moves (it is 1-Lipschitz). So for any table the square
/// roots of its cost on the values and of its cost on their bins' means differ by at most <c>d</c>, the square root of the sum of
/// squared distances between values and their bins' means (the triangle inequality in l2). The table that is optimal for the means therefore costs, on
/// the values, at most <c>(sqrt(optimum) + 2 d)^2</c>.
/// </remarks>
internal sealed class ValueHistogram : IDisposable
{
    /// <summary>Distinct values that are held as they are.</summary>
    public const int MaxDistinct = 1 << 20;

    /// <summary>Bytes that gathering and solving take for each distinct value.</summary>
    public const long BytesForEach = 60;

    // Sorted at a time. A quarter of what is held, so that merging does not dominate.
    private const int PendingLength = MaxDistinct / 4;

    // One value in this many, on either side, does not decide where the bins are fine.
    private const int Trimmed = 1000;

    private readonly int _maxDistinct;
    private readonly int _pendingLength;
    private uint[] _pending;

    // How much each of these counts, once that was told of any.
    private float[] _pendingWeights = [];
    private uint[] _scratch = [];
    private uint[] _keys = [];
    private long[] _counts = [];
    private int _distinct;
    private int _waiting;
    private ValueBins? _bins;

    /// <summary>An empty histogram.</summary>
    /// <param name="maxDistinct">Distinct values to hold before bins are used.</param>
    public ValueHistogram(int maxDistinct = MaxDistinct)
    {
        _maxDistinct = maxDistinct;
        _pendingLength = Math.Min(PendingLength, maxDistinct);
        _pending = ScratchArray.Rent<uint>(_pendingLength);
    }

    /// <summary>Whether every distinct value that was added is held as it is.</summary>
    public bool IsExact { get; private set; } = true;

    /// <summary>The <c>d</c> of the bound, once it is solved: 0 when exact.</summary>
    public double Displacement { get; private set; }

    /// <summary>Adds values.</summary>
    /// <param name="values">Finite; -0 counts as +0.</param>
    public void Add(ReadOnlySpan<float> values)
    {
        while (!values.IsEmpty)
        {
            if (_bins is not null)
            {
                _bins.Add(values);
                return;
            }

            int count = Math.Min(values.Length, _pendingLength - _waiting);
            DistinctValues.ToKeys(values.Slice(0, count), _pending.AsSpan(_waiting, count));
            values = values.Slice(count);
            _waiting += count;
            if (_waiting == _pendingLength)
            {
                Settle();
            }
        }
    }

    /// <summary>Adds values that count more or less; to a histogram that got no others.</summary>
    /// <param name="values">Finite; -0 counts as +0.</param>
    /// <param name="weights">How much each counts: whole numbers from 1 to 2^20, so that their sums are exact, whatever the order.</param>
    public void Add(ReadOnlySpan<float> values, ReadOnlySpan<float> weights)
    {
        if (_pendingWeights.Length == 0 && _bins is null)
        {
            _pendingWeights = ScratchArray.Rent<float>(_pendingLength);
        }

        while (!values.IsEmpty)
        {
            if (_bins is not null)
            {
                _bins.Add(values, weights);
                return;
            }

            int count = Math.Min(values.Length, _pendingLength - _waiting);
            DistinctValues.ToKeys(values.Slice(0, count), _pending.AsSpan(_waiting, count));
            weights.Slice(0, count).CopyTo(_pendingWeights.AsSpan(_waiting));
            values = values.Slice(count);
            weights = weights.Slice(count);
            _waiting += count;
            if (_waiting == _pendingLength)
            {
                Settle();
            }
        }
    }

    /// <summary>The centroids: optimal when exact, otherwise within the bound. What was added is let go.</summary>
    /// <param name="clusters">1 to 65536.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <returns>Ascending; as many as <paramref name="clusters"/>, or all distinct values when they are fewer.</returns>
    public double[] Solve(int clusters, CancellationToken cancellation)
    {
        Settle();
        int count = _bins?.CountUsed() ?? _distinct;
        double[] values = ScratchArray.Rent<double>(count), weights = ScratchArray.Rent<double>(count);
        try
        {
            CopyTo(values.AsSpan(0, count), weights.AsSpan(0, count));

            // What follows takes as much memory again.
            Displacement = _bins?.Displacement ?? 0;
            Dispose();
            return ScalarKMeans.Solve(values.AsSpan(0, count), weights.AsSpan(0, count), clusters, cancellation);
        }
        finally
        {
            ScratchArray.Return(values);
            ScratchArray.Return(weights);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _bins?.Dispose();
        _bins = null;
        ReleaseKeys();
        ScratchArray.Return(_pending);
        ScratchArray.Return(_pendingWeights);
        (_pending, _pendingWeights) = ([], []);
    }

    private void CopyTo(Span<double> values, Span<double> weights)
    {
        if (_bins is not null)
        {
            _bins.CopyTo(values, weights);
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = DistinctValues.FromKey(_keys[i]);
            weights[i] = _counts[i];
        }
    }

    private void ReleaseKeys()
    {
        ScratchArray.Return(_scratch);
        ScratchArray.Return(_keys);
        ScratchArray.Return(_counts);
        (_keys, _counts, _scratch, _distinct) = ([], [], [], 0);
    }

    // Sorts what waits and merges it into what is held, or moves everything to bins when that is too much.
    private void Settle()
    {
        if (_waiting == 0)
        {
            return;
        }

        uint[] sorted = SortPending();
        int added = CountNew(sorted);
        if (_distinct + added > _maxDistinct)
        {
            ReadOnlySpan<uint> sample = _distinct > _waiting ? _keys.AsSpan(0, _distinct) : sorted.AsSpan(0, _waiting);
            int outliers = sample.Length / Trimmed;
            IsExact = false;
            _bins = new ValueBins(DistinctValues.FromKey(sample[outliers]), DistinctValues.FromKey(sample[sample.Length - 1 - outliers]));
            for (int i = 0; i < _distinct; i++)
            {
                _bins.Add(DistinctValues.FromKey(_keys[i]), _counts[i]);
            }

            for (int i = 0; i < _waiting; i++)
            {
                _bins.Add(DistinctValues.FromKey(sorted[i]), PendingCount(i));
            }

            ReleaseKeys();
        }
        else
        {
            MergeIn(sorted, added);
        }

        _waiting = 0;
    }

    private uint[] SortPending()
    {
        if (_pendingWeights.Length > 0)
        {
            Array.Sort(_pending, _pendingWeights, 0, _waiting);
            return _pending;
        }

        if (_scratch.Length < _waiting)
        {
            _scratch = ScratchArray.Rent<uint>(_pending.Length);
        }

        return DistinctValues.Sort(_pending, _scratch, _waiting);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long PendingCount(int index) => _pendingWeights.Length > 0 ? (long)_pendingWeights[index] : 1;

    [MethodImpl(HotLoop.Optimized)]
    private int CountNew(uint[] sorted)
    {
        int added = 0, held = 0;
        for (int i = 0; i < _waiting; i++)
        {
            if (i > 0 && sorted[i] == sorted[i - 1])
            {
                continue;
            }

            while (held < _distinct && _keys[held] < sorted[i])
            {
                held++;
            }

            added += held < _distinct && _keys[held] == sorted[i] ? 0 : 1;
        }

        return added;
    }

    // From the greatest down, in place.
    [MethodImpl(HotLoop.Optimized)]
    private void MergeIn(uint[] sorted, int added)
    {
        int length = _distinct + added;
        if (length > _keys.Length)
        {
            int capacity = Math.Min(Math.Max(2 * _keys.Length, length), _maxDistinct);
            Grow(ref _keys, capacity);
            Grow(ref _counts, capacity);
        }

        int held = _distinct - 1, next = _waiting - 1;
        for (int to = length - 1; next >= 0; to--)
        {
            uint key = held >= 0 && _keys[held] > sorted[next] ? _keys[held] : sorted[next];
            long count = held >= 0 && _keys[held] == key ? _counts[held--] : 0;
            for (; next >= 0 && sorted[next] == key; next--)
            {
                count += PendingCount(next);
            }

            _keys[to] = key;
            _counts[to] = count;
        }

        _distinct = length;
    }

    private void Grow<T>(ref T[] array, int capacity)
    {
        T[] larger = ScratchArray.Rent<T>(capacity);
        array.AsSpan(0, _distinct).CopyTo(larger);
        ScratchArray.Return(array);
        array = larger;
    }
}
