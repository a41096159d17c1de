namespace CoreMLQuant.Conversion;

/// <summary>How far a conversion is.</summary>
/// <param name="Path">The model being converted.</param>
/// <param name="BytesDone">Source bytes processed.</param>
/// <param name="BytesTotal">Source bytes in all.</param>
public readonly record struct ConversionProgress(string Path, long BytesDone, long BytesTotal);
