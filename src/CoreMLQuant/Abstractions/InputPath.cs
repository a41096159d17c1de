namespace CoreMLQuant.Abstractions;

/// <summary>A path of the file system that a cmdlet was given.</summary>
/// <param name="FullPath">The full path, without a separator at its end.</param>
/// <param name="IsNamed">
/// Whether the user named it. What a wildcard or Get-ChildItem swept up may be anything, and is no mistake when it is no model.
/// </param>
internal sealed record InputPath(string FullPath, bool IsNamed);
