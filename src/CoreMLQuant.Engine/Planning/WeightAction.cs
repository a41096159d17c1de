namespace CoreMLQuant.Planning;

/// <summary>What happens to a weight.</summary>
public enum WeightAction
{
    /// <summary>It is converted.</summary>
    Convert,

    /// <summary>It stays as it is, for a reason that is given.</summary>
    Skip,
}
