using System;
using System.Collections.Generic;

namespace CoreMLQuant.Benchmarks.Generation;

/// <summary>
/// Shapes like an inpainting network's: a few big convolutions hold most of the bytes, thousands of small constants
/// (biases, normalisation, spectral blocks) hold the rest.
/// </summary>
internal static class WeightShapes
{
    /// <summary>Channel counts of about <paramref name="totalBytes"/> in <paramref name="count"/> weights; every second one is the bias of the one before.</summary>
    public static IReadOnlyList<(int Output, int Input, int Kernel)> Layers(long totalBytes, int count)
    {
        var layers = new List<(int, int, int)>();
        int layerCount = Math.Max(1, count / 2);
        double budget = (double)totalBytes / sizeof(float) / layerCount;
        for (int i = 0; i < layerCount; i++)
        {
            // Nine of ten layers take a tenth of the bytes, as in real convolutional networks.
            double elements = i % 10 == 0 ? budget * 9.1 : budget * 0.1;
            int kernel = i % 3 == 0 ? 1 : 3;
            int channels = Math.Max(4, (int)Math.Round(Math.Sqrt(elements / (kernel * kernel))));
            layers.Add((channels, channels, kernel));
        }

        return layers;
    }
}
