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

    /// <summary>Forgets what <see cref="Prepare"/> found out.</summary>
    public virtual void Release()
    {
    }
}
