using System;
using System.Globalization;
using CoreMLQuant.Elements;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Data.Images;

namespace CoreMLQuant.Runtime.Features;

/// <summary>Images as a feature takes them: <c>[channels, height, width]</c>, values 0 to 255, channels in the feature's order.</summary>
internal static class ImageValues
{
    /// <summary>Brings an image file, or an array of pixels, to the feature's size and channels.</summary>
    /// <exception cref="FeatureMismatchException">Its size is another and nothing was said about resizing, or the array is no image.</exception>
    /// <exception cref="SampleDataException">The file cannot be read.</exception>
    public static MultiArray Bind(ImageFormat format, object value, ImageResize resize) => value switch
    {
        ImageSource source => Planes(Sized(ImageFile.Read(source.Path), format, resize, source.Path), format),
        MultiArray { Type: not (ElementType.String or ElementType.Unknown) } array => Pixels(array, format),
        _ => throw FeatureValues.Mismatch(value),
    };

    private static PixelImage Sized(PixelImage image, ImageFormat format, ImageResize resize, string path)
    {
        if (format.Admits(image.Width, image.Height))
        {
            return image;
        }

        return resize == ImageResize.None
            ? throw new FeatureMismatchException(
                $"an image of {Size(image.Width, image.Height)}", $"Say with -Resize Stretch, Fit or Crop how it is to become {Size(format.Width, format.Height)}.", path)
            : ImageScaler.Resize(image, format.Width, format.Height, resize);
    }

    private static MultiArray Planes(PixelImage image, ImageFormat format)
    {
        PixelImage pixels = format.Channels == 3 ? image.ToColor() : image.ToGray();
        int channels = format.Channels, plane = pixels.Width * pixels.Height;
        float[] values = new float[channels * plane];
        for (int channel = 0; channel < channels; channel++)
        {
            int source = format.ColorSpace == ImageColorSpace.Bgr ? channels - 1 - channel : channel;
            for (int i = 0; i < plane; i++)
            {
                values[(channel * plane) + i] = pixels.Pixels[(i * channels) + source];
            }
        }

        return new MultiArray(values, [channels, pixels.Height, pixels.Width]);
    }

    // Arrays bring their channels in the feature's order, first as models have them, or last as image libraries do.
    private static MultiArray Pixels(MultiArray array, ImageFormat format)
    {
        ReadOnlySpan<long> shape = array.Shape;
        if (shape.Length == 4 && shape[0] == 1)
        {
            shape = shape[1..];
        }

        float[] values = ArrayConversion.ToSingle(array.Values);
        if (shape.Length == 2 && format.Channels == 1)
        {
            return Checked(new MultiArray(values, [1, shape[0], shape[1]]), format);
        }

        if (shape.Length == 3 && shape[0] == format.Channels && format.Admits((int)shape[2], (int)shape[1]))
        {
            return new MultiArray(values, shape.ToArray());
        }

        return shape.Length == 3 && shape[2] == format.Channels
            ? Checked(ChannelsFirst(values, (int)shape[0], (int)shape[1], format.Channels), format)
            : throw FeatureValues.Mismatch(array);
    }

    private static MultiArray Checked(MultiArray image, ImageFormat format) =>
        format.Admits((int)image.Shape[2], (int)image.Shape[1]) ? image : throw FeatureValues.Mismatch(image);

    private static MultiArray ChannelsFirst(float[] values, int height, int width, int channels)
    {
        float[] planes = new float[values.Length];
        int plane = height * width;
        for (int i = 0; i < plane; i++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                planes[(channel * plane) + i] = values[(i * channels) + channel];
            }
        }

        return new MultiArray(planes, [channels, height, width]);
    }

    private static string Size(int width, int height) => string.Format(CultureInfo.InvariantCulture, "{0}x{1}", width, height);
}
