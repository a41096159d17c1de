using System;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Data.Images;

/// <summary>
/// Brings images to a size: bilinear, and where it shrinks over all pixels that fall into one (a triangle of the scale's width), as Pillow's
/// BILINEAR does. Rounded to bytes once for each direction.
/// </summary>
internal static class ImageScaler
{
    /// <summary>Resizes an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="width">Width afterwards.</param>
    /// <param name="height">Height afterwards.</param>
    /// <param name="resize">What becomes of other proportions; not <see cref="ImageResize.None"/>.</param>
    public static PixelImage Resize(PixelImage image, int width, int height, ImageResize resize)
    {
        if (resize == ImageResize.Stretch)
        {
            return Scale(image, width, height);
        }

        double byWidth = (double)width / image.Width, byHeight = (double)height / image.Height;
        double scale = resize == ImageResize.Fit ? Math.Min(byWidth, byHeight) : Math.Max(byWidth, byHeight);
        int scaledWidth = Math.Max(1, (int)Math.Round(image.Width * scale, MidpointRounding.AwayFromZero));
        int scaledHeight = Math.Max(1, (int)Math.Round(image.Height * scale, MidpointRounding.AwayFromZero));
        return Place(resize == ImageResize.Crop ? ScaleCenter(image, width, height, scale) : Scale(image, scaledWidth, scaledHeight), width, height);
    }

    // What is cut off is cut off before: a strip of 1x30000 must not become a huge image first.
    private static PixelImage ScaleCenter(PixelImage image, int width, int height, double scale)
    {
        int keptWidth = Math.Clamp((int)Math.Round(width / scale, MidpointRounding.AwayFromZero), 1, image.Width);
        int keptHeight = Math.Clamp((int)Math.Round(height / scale, MidpointRounding.AwayFromZero), 1, image.Height);
        return Scale(Place(image, keptWidth, keptHeight), width, height);
    }

    /// <summary>Puts an image into the middle of a frame: black around a smaller one, a larger one cut evenly.</summary>
    private static PixelImage Place(PixelImage image, int width, int height)
    {
        if (image.Width == width && image.Height == height)
        {
            return image;
        }

        byte[] framed = new byte[width * height * image.Channels];
        int left = (width - image.Width) / 2, top = (height - image.Height) / 2;
        int fromX = Math.Max(0, -left), toX = Math.Max(0, left), columns = Math.Min(image.Width, width);
        for (int y = Math.Max(0, top); y < Math.Min(height, top + image.Height); y++)
        {
            image.Pixels
                .AsSpan(((((y - top) * image.Width) + fromX) * image.Channels), columns * image.Channels)
                .CopyTo(framed.AsSpan(((y * width) + toX) * image.Channels));
        }

        return image with { Width = width, Height = height, Pixels = framed };
    }

    private static PixelImage Scale(PixelImage image, int width, int height)
    {
        PixelImage wide = image.Width == width ? image : ScaleAxis(image, width, image.Height, isRow: true);
        return wide.Height == height ? wide : ScaleAxis(wide, width, height, isRow: false);
    }

    private static PixelImage ScaleAxis(PixelImage image, int width, int height, bool isRow)
    {
        int channels = image.Channels;
        (int from, int to) = isRow ? (image.Width, width) : (image.Height, height);
        int step = isRow ? channels : image.Width * channels;
        byte[] pixels = new byte[width * height * channels];
        for (int at = 0; at < to; at++)
        {
            (int first, double[] weights) = Window(at, from, to);
            int lines = isRow ? height : width;
            for (int line = 0; line < lines; line++)
            {
                int source = (isRow ? line * image.Width * channels : line * channels) + (first * step);
                int target = isRow ? ((line * width) + at) * channels : ((at * width) + line) * channels;
                for (int channel = 0; channel < channels; channel++)
                {
                    double sum = 0;
                    for (int i = 0; i < weights.Length; i++)
                    {
                        sum += weights[i] * image.Pixels[source + (i * step) + channel];
                    }

                    pixels[target + channel] = (byte)Math.Clamp(Math.Floor(sum + 0.5), 0, 255);
                }
            }
        }

        return image with { Width = width, Height = height, Pixels = pixels };
    }

    private static (int First, double[] Weights) Window(int at, int from, int to)
    {
        double scale = (double)from / to, reach = Math.Max(scale, 1), center = (at + 0.5) * scale;
        int first = Math.Max(0, (int)(center - reach + 0.5)), end = Math.Min(from, (int)(center + reach + 0.5));
        double[] weights = new double[end - first];
        double total = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = Math.Max(0, 1 - (Math.Abs(first + i - center + 0.5) / reach));
            total += weights[i];
        }

        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] /= total;
        }

        return (first, weights);
    }
}
