using System;
using System.IO;
using CoreMLQuant.Running;
using StbImageSharp;

namespace CoreMLQuant.Runtime.Data.Images;

/// <summary>Reads image files. What an image's transparency hides is dropped with it, as Core ML's own loading does with its opaque pixel buffers.</summary>
internal static class ImageFile
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp"];

    /// <summary>Whether a file is an image by its name.</summary>
    public static bool IsImage(string path) => Array.Exists(Extensions, extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads an image and turns it as its EXIF orientation says.</summary>
    /// <exception cref="SampleDataException">It cannot be read, or is larger than any photo.</exception>
    public static PixelImage Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        using var stream = new MemoryStream(file);

        // The size comes first: a decoder allocates what the header says.
        string limits = $"{DataLimits.MaximumPixels / 1_000_000} megapixels and {DataLimits.MaximumImageSide} pixels to a side can be read";
        ImageInfo info = ImageInfo.FromStream(stream) ?? throw new SampleDataException(path, $"It is not a PNG, JPEG or BMP image, or a far too large one: {limits}.");
        if (info.Width is <= 0 or > DataLimits.MaximumImageSide || info.Height is <= 0 or > DataLimits.MaximumImageSide || (long)info.Width * info.Height > DataLimits.MaximumPixels)
        {
            throw new SampleDataException(path, $"It is {info.Width}x{info.Height} pixels; {limits}.");
        }

        if (ImageLength.IsCut(file))
        {
            throw new SampleDataException(path, $"The image is damaged: the file ends before its {info.Width}x{info.Height} pixels do.");
        }

        stream.Position = 0;
        try
        {
            bool isGray = info.ColorComponents is ColorComponents.Grey or ColorComponents.GreyAlpha;
            ImageResult image = ImageResult.FromStream(stream, isGray ? ColorComponents.Grey : ColorComponents.RedGreenBlue);
            return ExifOrientation.Apply(new PixelImage(image.Width, image.Height, isGray ? 1 : 3, image.Data), ExifOrientation.Of(file));
        }
        catch (Exception e) when (e is InvalidOperationException or IndexOutOfRangeException or EndOfStreamException or OverflowException or ArgumentException or NullReferenceException)
        {
            throw new SampleDataException(path, $"The image is damaged: {e.Message}", e);
        }
    }
}
