using System;

namespace CoreMLQuant.Tensors.Pruning;

/// <summary>A weight as it is after pruning.</summary>
internal sealed class PrunedValues(TensorValues values, Pruner pruner) : TensorValues
{
    public override long Count => values.Count;

    public override void Read(long start, Span<float> destination)
    {
        values.Read(start, destination);
        pruner.Apply(start, destination);
    }
}
