using System;

namespace CoreMLQuant.Runtime.Data.Images;

/// <summary>A decoded image: bytes of interleaved channels, row after row from the top.</summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1 for gray, 3 for red, green, blue.</param>
/// <param name="Pixels"><c>Width * Height * Channels</c> bytes.</param>
internal sealed record PixelImage(int Width, int Height, int Channels, byte[] Pixels)
{
    // ITU-R BT.601, as libjpeg and Pillow turn colors into gray.
    private const int RedShare = 19595;
    private const int GreenShare = 38470;
    private const int BlueShare = 7471;
    private const int Half = 32768;

    /// <summary>The image with one channel.</summary>
    public PixelImage ToGray()
    {
        if (Channels == 1)
        {
            return this;
        }

        byte[] gray = new byte[Width * Height];
        for (int i = 0; i < gray.Length; i++)
        {
            ReadOnlySpan<byte> pixel = Pixels.AsSpan(3 * i, 3);
            gray[i] = (byte)(((RedShare * pixel[0]) + (GreenShare * pixel[1]) + (BlueShare * pixel[2]) + Half) >> 16);
        }

        return new PixelImage(Width, Height, 1, gray);
    }

    /// <summary>The image with three channels.</summary>
    public PixelImage ToColor()
    {
        if (Channels == 3)
        {
            return this;
        }

        byte[] color = new byte[3 * Width * Height];
        for (int i = 0; i < Pixels.Length; i++)
        {
            color.AsSpan(3 * i, 3).Fill(Pixels[i]);
        }

        return new PixelImage(Width, Height, 3, color);
    }
}
