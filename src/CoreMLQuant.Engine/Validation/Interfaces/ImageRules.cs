using System.Linq;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using ColorSpace = CoreMLQuant.Specification.Schema.ImageFeatureType.Types.ColorSpace;
using Flexibility = CoreMLQuant.Specification.Schema.ImageFeatureType.SizeFlexibilityOneofCase;

namespace CoreMLQuant.Validation.Interfaces;

/// <summary>Rules for images. Source: Apple's validator of interfaces.</summary>
internal static class ImageRules
{
    private const int Float16Version = 7;

    /// <summary>Checks an image.</summary>
    public static void Check(FeatureCheck check, ImageFeatureType image, DetailReader reader)
    {
        if (image.ColorSpace == ColorSpace.GrayscaleFloat16)
        {
            check.Need(Float16Version, "a Float16 image");
        }
        else if (image.ColorSpace is not (ColorSpace.Grayscale or ColorSpace.Rgb or ColorSpace.Bgr))
        {
            check.Invalid("the image's color space is missing or not known.");
        }

        (long width, long height) = (image.Width, image.Height);
        if (image.SizeFlexibilityCase != Flexibility.None && !check.IsFlexible)
        {
            check.WarnOfFlexibility("a flexible size");
        }
        else if (image.SizeFlexibilityCase == Flexibility.EnumeratedSizes)
        {
            (width, height) = CheckSizes(check, image, reader);
        }
        else if (image.SizeFlexibilityCase == Flexibility.ImageSizeRange)
        {
            (width, height) = CheckRange(check, image, reader);
        }

        if (width <= 0 || height <= 0)
        {
            check.Invalid($"the image is {width} by {height}.");
        }
    }

    private static bool HasSize(ImageFeatureType image) => image is { Width: > 0, Height: > 0 };

    /// <summary>Checks listed sizes. Gives the size that the image has by default.</summary>
    private static (long Width, long Height) CheckSizes(FeatureCheck check, ImageFeatureType image, DetailReader reader)
    {
        if (check.Findings.Read(() => reader.Read(image.EnumeratedSizes, EnumeratedSizesDetails.Parser, check.Location)) is not { } listed || listed.Sizes.Count == 0)
        {
            check.Invalid("the list of sizes is empty.");
            return (1, 1);
        }

        if (!HasSize(image))
        {
            return ((long)listed.Sizes[0].Width, (long)listed.Sizes[0].Height);
        }

        if (!listed.Sizes.Any(size => (long)size.Width == image.Width && (long)size.Height == image.Height))
        {
            check.Invalid($"the default size, {image.Width} by {image.Height}, is not among the listed ones.");
        }

        return (image.Width, image.Height);
    }

    /// <summary>Checks ranges of sizes. Gives the size that the image has by default.</summary>
    private static (long Width, long Height) CheckRange(FeatureCheck check, ImageFeatureType image, DetailReader reader)
    {
        ImageSizeRangeDetails? ranges = check.Findings.Read(() => reader.Read(image.ImageSizeRange, ImageSizeRangeDetails.Parser, check.Location));
        SizeRange width = ranges?.WidthRange ?? new SizeRange(), height = ranges?.HeightRange ?? new SizeRange();
        if (!SizeRanges.IsOrdered(width) || !SizeRanges.IsOrdered(height))
        {
            check.Invalid("a range of sizes ends before it begins.");
        }

        if (!HasSize(image))
        {
            return ((long)width.LowerBound, (long)height.LowerBound);
        }

        if (!SizeRanges.IsWithin(image.Width, width) || !SizeRanges.IsWithin(image.Height, height))
        {
            check.Invalid($"the default size, {image.Width} by {image.Height}, is not within the ranges.");
        }

        return (image.Width, image.Height);
    }
}
