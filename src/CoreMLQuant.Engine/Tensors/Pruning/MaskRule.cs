namespace CoreMLQuant.Tensors.Pruning;

/// <summary>How compensated pruning chooses the values that become zero.</summary>
internal abstract record MaskRule
{
    private MaskRule()
    {
    }

    /// <summary>Those that the pruner without compensation chooses.</summary>
    internal sealed record AsPruned : MaskRule;

    /// <summary>A given number of all values, those first that are the cheapest to do without.</summary>
    /// <param name="Requested">The number, zeros that are there included.</param>
    internal sealed record Cheapest(long Requested) : MaskRule;

    /// <summary>All but a few of every group of values along an axis of inputs.</summary>
    /// <param name="Axis">The axis.</param>
    /// <param name="NonZero">How many stay.</param>
    /// <param name="Of">Values of a group.</param>
    internal sealed record Ratio(int Axis, int NonZero, int Of) : MaskRule;
}
