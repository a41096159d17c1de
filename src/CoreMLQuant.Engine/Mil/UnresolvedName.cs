namespace CoreMLQuant.Mil;

/// <summary>A name that stands for nothing.</summary>
/// <param name="Name">The name.</param>
/// <param name="Consumer">The operation that uses it; <see langword="null"/> when a block gives it out.</param>
internal readonly record struct UnresolvedName(string Name, OperationNode? Consumer);
