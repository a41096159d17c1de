using System;
using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Benchmarks.Generation;

/// <summary>A layer with a weight and a bias.</summary>
/// <param name="IsLinear">Fully connected; otherwise a 3x3 convolution.</param>
/// <param name="Channels">Channels in and out.</param>
/// <param name="Groups">1, or as many as channels (depthwise).</param>
internal readonly record struct GeneratedLayer(bool IsLinear, int Channels, int Groups)
{
    /// <summary>Shape of the weight.</summary>
    public long[] WeightShape => IsLinear ? [Channels, Channels] : [Channels, Channels / Groups, 3, 3];
}

/// <summary>
/// Layers like an inpainting network's: one convolution in ten is full and holds nearly all bytes, the others are depthwise
/// and small, and a few linear layers follow. All have the same number of channels, so that they fit together.
/// </summary>
internal static class GeneratedLayers
{
    /// <summary>Layers of about <paramref name="totalBytes"/> of FP32 in <paramref name="constCount"/> constants.</summary>
    public static IReadOnlyList<GeneratedLayer> For(long totalBytes, int constCount)
    {
        int count = Math.Max(2, constCount / 2);
        int linear = Math.Max(1, count / 50);
        int full = (count - linear + 9) / 10;
        int depthwise = count - linear - full;

        // total = (9 full + linear) c^2 + (9 depthwise + count) c
        double a = (9.0 * full) + linear, b = (9.0 * depthwise) + count, total = (double)totalBytes / sizeof(float);
        int channels = Math.Max(4, (int)Math.Round((-b + Math.Sqrt((b * b) + (4 * a * total))) / (2 * a)));
        return Enumerable.Range(0, count)
            .Select(i => new GeneratedLayer(i >= count - linear, channels, i % 10 == 0 || i >= count - linear ? 1 : channels))
            .ToArray();
    }
}
