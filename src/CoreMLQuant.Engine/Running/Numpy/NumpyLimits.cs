namespace CoreMLQuant.Running.Numpy;

/// <summary>What files of arrays may ask for. They come from anywhere, and a length in a header is only a claim.</summary>
internal static class NumpyLimits
{
    /// <summary>Bytes of one array, decoded, and of all arrays of a file together.</summary>
    public const long MaximumArrayBytes = 1L << 30;

    /// <summary>Axes of an array.</summary>
    public const int MaximumRank = 16;

    /// <summary>The most that deflate can make of a byte: 1032, by its longest match in its shortest code.</summary>
    public const long DeflateRatio = 1032;
}
