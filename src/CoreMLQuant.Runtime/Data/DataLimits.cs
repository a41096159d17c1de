using CoreMLQuant.Running.Numpy;

namespace CoreMLQuant.Runtime.Data;

/// <summary>What files of inputs may ask for. They come from anywhere, and a length in a header is only a claim.</summary>
internal static class DataLimits
{
    /// <summary>Bytes of one array, decoded.</summary>
    public const long MaximumArrayBytes = NumpyLimits.MaximumArrayBytes;

    /// <summary>Bytes of a text file (JSON, CSV).</summary>
    public const long MaximumTextBytes = 256L << 20;

    /// <summary>Pixels of an image: 100 megapixels.</summary>
    public const long MaximumPixels = 100_000_000;

    /// <summary>Width or height of an image.</summary>
    public const int MaximumImageSide = 32768;

    /// <summary>Axes of an array.</summary>
    public const int MaximumRank = NumpyLimits.MaximumRank;
}
