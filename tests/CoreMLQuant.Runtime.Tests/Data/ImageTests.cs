using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Data.Images;
using CoreMLQuant.Runtime.Features;
using CoreMLQuant.Runtime.Tests.Support;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Data;

public sealed class ImageTests : IDisposable
{
    private readonly TestFolder _folder = new();

    // Two pixels: red and blue.
    private static readonly byte[] RedBlue = [255, 0, 0, 0, 0, 255];

    [Theory]
    [InlineData(ImageColorSpace.Rgb, new[] { 255f, 0, 0, 0, 0, 255 })]
    [InlineData(ImageColorSpace.Bgr, new[] { 0f, 255, 0, 0, 255, 0 })]
    [InlineData(ImageColorSpace.Grayscale, new[] { 76f, 29 })]
    public void Bind_Image_HasTheFeaturesChannels(ImageColorSpace color, float[] expected)
    {
        MultiArray bound = Bind(Write(2, 1, 3, RedBlue), color, 2, 1);
        Assert.Equal(expected, bound.Values);
        Assert.Equal([expected.Length / 2, 1, 2], bound.Shape);
    }

    [Fact]
    public void Bind_GrayImageForColors_HasThemThreeTimes() =>
        Assert.Equal(new[] { 7f, 9, 7, 9, 7, 9 }, Bind(Write(2, 1, 1, [7, 9]), ImageColorSpace.Rgb, 2, 1).Values);

    [Fact]
    public void Bind_ImageOfAnotherSize_IsRefusedWithoutResize()
    {
        string path = Write(2, 1, 3, RedBlue);
        string message = Assert.Throws<FeatureMismatchException>(() => Bind(path, ImageColorSpace.Rgb, 4, 4)).Message;
        Assert.Contains("2x1", message);
        Assert.Contains("-Resize Stretch, Fit or Crop how it is to become 4x4", message);
    }

    [Theory]
    [InlineData(ImageResize.Stretch, new[] { 100f, 100, 200, 200, 100, 100, 200, 200, 100, 100, 200, 200, 100, 100, 200, 200 })]
    [InlineData(ImageResize.Fit, new[] { 0f, 0, 0, 0, 100, 100, 200, 200, 100, 100, 200, 200, 0, 0, 0, 0 })]
    [InlineData(ImageResize.Crop, new[] { 100f, 100, 200, 200, 100, 100, 200, 200, 100, 100, 200, 200, 100, 100, 200, 200 })]
    public void Bind_Resized_HasTheProportionsThatWereAskedFor(ImageResize resize, float[] expected)
    {
        // Twice as wide as high, each half of one color.
        byte[] pixels = Enumerable.Range(0, 8 * 4).Select(i => (byte)(i % 8 < 4 ? 100 : 200)).ToArray();
        MultiArray bound = Bind(Write(8, 4, 1, pixels), ImageColorSpace.Grayscale, 4, 4, resize);
        Assert.Equal([1, 4, 4], bound.Shape);
        if (resize == ImageResize.Crop)
        {
            // Only the middle is left, where the halves meet.
            Assert.All(Enumerable.Range(0, 4), row => Assert.Equal((100f, 200f), (((float[])bound.Values)[4 * row], ((float[])bound.Values)[(4 * row) + 3])));
            return;
        }

        // The triangle reaches a little over the border between the halves.
        float[] values = (float[])bound.Values;
        Assert.All(values.Zip(expected), pair => Assert.InRange(pair.First, pair.Second - 15, pair.Second + 15));
    }

    [Fact]
    public void Resize_OfOneColor_StaysThatColor()
    {
        var image = new PixelImage(37, 11, 1, Enumerable.Repeat((byte)201, 37 * 11).ToArray());
        foreach ((int width, int height) in new[] { (5, 5), (100, 3), (37, 11), (1, 1) })
        {
            Assert.All(ImageScaler.Resize(image, width, height, ImageResize.Stretch).Pixels, pixel => Assert.Equal(201, pixel));
            Assert.All(ImageScaler.Resize(image, width, height, ImageResize.Crop).Pixels, pixel => Assert.Equal(201, pixel));
        }
    }

    [Theory]
    [InlineData(1, 2, 3, "abcdef")]
    [InlineData(2, 2, 3, "badcfe")]
    [InlineData(3, 2, 3, "fedcba")]
    [InlineData(4, 2, 3, "efcdab")]
    [InlineData(5, 3, 2, "acebdf")]
    [InlineData(6, 3, 2, "ecafdb")]
    [InlineData(7, 3, 2, "fdbeca")]
    [InlineData(8, 3, 2, "bdface")]
    public void Apply_TurnsAnImageUpright(int orientation, int width, int height, string expected)
    {
        PixelImage turned = ExifOrientation.Apply(new PixelImage(2, 3, 1, "abcdef"u8.ToArray()), orientation);
        Assert.Equal((width, height, expected), (turned.Width, turned.Height, System.Text.Encoding.ASCII.GetString(turned.Pixels)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_JpegWithExif_IsItsOrientation(bool isLittle)
    {
        byte[] tiff = isLittle
            ? [.. "II"u8, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]
            : [.. "MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0];
        byte[] jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xE1, 0, (byte)(8 + tiff.Length), .. "Exif\0\0"u8, .. tiff];
        Assert.Equal(6, ExifOrientation.Of(jpeg));
        for (int length = 0; length < jpeg.Length; length++)
        {
            Assert.InRange(ExifOrientation.Of(jpeg.AsSpan(0, length)), 1, 8);
        }
    }

    [Theory]
    [InlineData(60000, 60000)]
    [InlineData(32769, 1)]
    [InlineData(11000, 10000)]
    public void Read_ImageThatClaimsTooMuch_IsRefusedBeforeItIsDecoded(int width, int height)
    {
        string path = _folder.Write("x.png", PngImage.Write(width, height, 3, []));
        Assert.Contains("100 megapixels", Assert.Throws<SampleDataException>(() => ImageFile.Read(path)).Message);
    }

    [Theory]
    [InlineData(60000, 60000, "megapixels")]
    [InlineData(-60000, 2, "")]
    [InlineData(4000, 4000, "")]
    public void Read_BitmapThatLiesAboutItsSize_IsRefused(int width, int height, string message)
    {
        byte[] header = new byte[60];
        "BM"u8.CopyTo(header);
        (header[2], header[10], header[14], header[26], header[28]) = (60, 54, 40, 1, 24);
        BitConverter.TryWriteBytes(header.AsSpan(18), width);
        BitConverter.TryWriteBytes(header.AsSpan(22), height);
        Assert.Contains(message, Assert.Throws<SampleDataException>(() => ImageFile.Read(_folder.Write("x.bmp", header))).Message);
    }

    [Fact]
    public void IsCut_JpegWithoutItsEnd_IsTrue()
    {
        byte[] thumbnail = [0xFF, 0xD8, 0xFF, 0xDA, 1, 2, 0xFF, 0xD9], whole = [0xFF, 0xD8, .. thumbnail, 0xFF, 0xDA, 1, 2, 3, 0xFF, 0xD9];
        Assert.False(ImageLength.IsCut(whole));
        Assert.False(ImageLength.IsCut([.. whole, 0, 0]));
        Assert.True(ImageLength.IsCut(whole.AsSpan(0, whole.Length - 1)));
    }

    [Theory]
    [InlineData(3, 96, 96, 48)]
    [InlineData(1, 300, 200, 100)]
    public void CreateThumbnail_KeepsProportionsAndNeverGrows(int channels, int side, int width, int height)
    {
        byte[] pixels = Enumerable.Range(0, 200 * 100 * channels).Select(i => (byte)(i / 777)).ToArray();
        byte[] png = Repository.Runtime.CreateThumbnail(_folder.Write("x.png", PngImage.Write(200, 100, channels, pixels)), side);
        PixelImage small = ImageFile.Read(_folder.Write("small.png", png));
        Assert.Equal((width, height, channels), (small.Width, small.Height, small.Channels));
        if (width == 200)
        {
            Assert.Equal(pixels, small.Pixels);
        }
    }

    [Fact]
    public void Write_Png_HasTheChecksumsOfItsChunks()
    {
        // The empty chunk at the end is the same in every file.
        Assert.Equal([0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82], PngFile.Write(new PixelImage(1, 1, 1, [7]))[^12..]);
    }

    [Fact]
    public void Read_DamagedImages_AreRefused()
    {
        byte[] png = File.ReadAllBytes(Write(2, 1, 3, RedBlue));
        for (int length = 0; length < png.Length - 16; length++)
        {
            string path = _folder.Write("x.png", png[..length]);
            Assert.Throws<SampleDataException>(() => ImageFile.Read(path));
        }
    }

    [Fact]
    public void Bind_Arrays_TakeChannelsFirstOrLast()
    {
        ImageFormat format = TestInputs.Image("image", ImageColorSpace.Rgb, 2, 1).Image!;
        float[] expected = [1, 4, 2, 5, 3, 6];
        Assert.Equal(expected, ImageValues.Bind(format, new MultiArray(new byte[] { 1, 2, 3, 4, 5, 6 }, [1, 2, 3]), ImageResize.None).Values);
        Assert.Equal(expected, ImageValues.Bind(format, new MultiArray(expected, [3, 1, 2]), ImageResize.None).Values);
        Assert.Equal(expected, ImageValues.Bind(format, new MultiArray(expected, [1, 3, 1, 2]), ImageResize.None).Values);
        Assert.Throws<FeatureMismatchException>(() => ImageValues.Bind(format, new MultiArray(expected, [2, 1, 3]), ImageResize.None));
    }

    public void Dispose() => _folder.Dispose();

    private static MultiArray Bind(string path, ImageColorSpace color, int width, int height, ImageResize resize = ImageResize.None) =>
        ImageValues.Bind(TestInputs.Image("image", color, width, height).Image!, new ImageSource(path), resize);

    private string Write(int width, int height, int channels, byte[] pixels) => _folder.Write("image.png", PngImage.Write(width, height, channels, pixels));
}
