using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Running;

/// <summary>Order of an image's channels.</summary>
public enum ImageColorSpace
{
    /// <summary>One channel of bytes.</summary>
    Grayscale,

    /// <summary>One channel of FP16.</summary>
    GrayscaleFloat16,

    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red.</summary>
    Bgr,
}

/// <summary>The images that a feature takes.</summary>
/// <param name="ColorSpace">Order of the channels.</param>
/// <param name="Width">Declared width, pixels.</param>
/// <param name="Height">Declared height, pixels.</param>
/// <param name="Sizes">The only sizes that it takes; empty where they are not enumerated.</param>
/// <param name="WidthRange">Least and greatest width (-1 for no limit); <see langword="null"/> where sizes do not vary in ranges.</param>
/// <param name="HeightRange">Least and greatest height.</param>
public sealed record ImageFormat(
    ImageColorSpace ColorSpace,
    int Width,
    int Height,
    IReadOnlyList<(int Width, int Height)> Sizes,
    (long Lower, long Upper)? WidthRange,
    (long Lower, long Upper)? HeightRange)
{
    /// <summary>Number of channels.</summary>
    public int Channels => ColorSpace is ImageColorSpace.Rgb or ImageColorSpace.Bgr ? 3 : 1;

    /// <summary>Whether an image of a size can be given.</summary>
    public bool Admits(int width, int height) => (width == Width && height == Height)
        || Sizes.Contains((width, height))
        || (Within(WidthRange, width) && Within(HeightRange, height));

    private static bool Within((long Lower, long Upper)? range, int size) =>
        range is { } limits && size >= limits.Lower && (limits.Upper < 0 || size <= limits.Upper);
}
