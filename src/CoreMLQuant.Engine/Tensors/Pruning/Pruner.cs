using System;
using System.Threading;

namespace CoreMLQuant.Tensors.Pruning;

/// <summary>
/// Decides which values of a weight become zero. First it sees the whole weight, then it can be applied to any range of
/// it, in any order and several at once.
/// </summary>
internal abstract class Pruner
{
    /// <summary>Looks at the whole weight, whose values are finite.</summary>
    public virtual void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
    }

    /// <summary>Sets the pruned values of a range to zero. After <see cref="Prepare"/>.</summary>
    /// <param name="start">Index of the first value; a multiple of 8.</param>
    /// <param name="values">The values.</param>
    public abstract void Apply(long start, Span<float> values);

    /// <summary>Counts the zeros that there will be, those that were there included. Leaves nothing prepared.</summary>
    /// <param name="values">The weight; finite.</param>
    /// <param name="zeroCount">Zeros that are there.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    public virtual long CountZeros(TensorValues values, long zeroCount, CancellationToken cancellationToken)
    {
        Prepare(values, cancellationToken);
        var scan = new ValueScan();
        ValueTiles.Visit(new PrunedValues(values, this), (_, tile) => scan.Add(tile), cancellationToken);
        Release();
        return scan.ZeroCount;
    }

    /// <summary>Forgets what <see cref="Prepare"/> found out.</summary>
    public virtual void Release()
    {
    }
}
