namespace CoreMLQuant.Mil;

/// <summary>A name that stands for nothing.</summary>
/// <param name="Name">The name.</param>
/// <param name="Consumer">The operation that uses it; <see langword="null"/> when a block gives it out.</param>
internal sealed record UnresolvedName(string Name, OperationNode? Consumer);
