using System;

namespace CoreMLQuant.Tensors.Pruning;

/// <summary>A pruner that has to remember for each value whether it goes: one bit each.</summary>
internal abstract class MaskPruner : Pruner
{
    private ulong[] _pruned = [];

    public sealed override void Apply(long start, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            long index = start + i;
            values[i] = (_pruned[index >> 6] & (1UL << (int)(index & 63))) != 0 ? 0f : values[i];
        }
    }

    public sealed override void Release() => _pruned = [];

    /// <summary>Starts with nothing pruned.</summary>
    protected void Clear(long count) => _pruned = new ulong[(count + 63) / 64];

    /// <summary>Marks a value as pruned.</summary>
    protected void Mark(long index) => _pruned[index >> 6] |= 1UL << (int)(index & 63);
}
