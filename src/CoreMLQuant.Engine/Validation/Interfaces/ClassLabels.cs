namespace CoreMLQuant.Validation.Interfaces;

/// <summary>The labels that a classifier brings along.</summary>
/// <param name="IsSet">Whether they are set.</param>
/// <param name="AreNumbers">Whether they are numbers rather than texts; what a classifier without labels gives when they are not set.</param>
/// <param name="Count">How many there are; where nobody counts, whether there are any.</param>
internal readonly record struct ClassLabels(bool IsSet, bool AreNumbers, int Count);
