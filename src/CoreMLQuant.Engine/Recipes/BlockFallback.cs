namespace CoreMLQuant.Recipes;

/// <summary>What to do with a weight that the block or group size does not divide.</summary>
public enum BlockFallback
{
    /// <summary>Leave the weight as it is and say so.</summary>
    Skip,

    /// <summary>One scale or lookup table for each output channel.</summary>
    PerChannel,

    /// <summary>The largest divisor of the dimension that is not greater than the requested size.</summary>
    LargestDivisor,
}
