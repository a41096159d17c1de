namespace CoreMLQuant.Comparison;

/// <summary>How an operation differs between two models.</summary>
public enum OperationChange
{
    /// <summary>It is in the second only.</summary>
    Added,

    /// <summary>It is in the reference only.</summary>
    Removed,

    /// <summary>It is in both, as another operation or with an output of another type.</summary>
    Retyped,
}
