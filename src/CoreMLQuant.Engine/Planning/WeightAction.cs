namespace CoreMLQuant.Planning;

/// <summary>What happens to a weight.</summary>
public enum WeightAction
{
    /// <summary>It is converted.</summary>
    Convert,

    /// <summary>It does not change; the reason says why.</summary>
    Skip,
}
