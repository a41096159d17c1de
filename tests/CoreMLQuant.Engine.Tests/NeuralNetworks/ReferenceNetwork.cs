using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using LayerCase = CoreMLQuant.Specification.Schema.NeuralNetworkLayer.LayerOneofCase;

namespace CoreMLQuant.Tests.NeuralNetworks;

/// <summary>
/// Computes small NeuralNetworks of FP32 weights in FP64, as the specification describes their layers: one image of channels by height by
/// width, stride 1, no padding.
/// </summary>
internal static class ReferenceNetwork
{
    /// <summary>Channels, height and width with the values.</summary>
    public sealed record Image(int Channels, int Height, int Width, double[] Values)
    {
        public double this[int channel, int y, int x] => Values[(((channel * Height) + y) * Width) + x];

        /// <summary>Changes every value.</summary>
        public Image Map(Func<int, double, double> map) => this with { Values = Values.Select((value, i) => map(i / (Height * Width), value)).ToArray() };
    }

    /// <summary>Runs layers that each take one blob.</summary>
    /// <returns>All blobs by name.</returns>
    public static Dictionary<string, Image> Run(IEnumerable<NeuralNetworkLayer> layers, string input, Image image)
    {
        var blobs = new Dictionary<string, Image> { [input] = image };
        foreach (NeuralNetworkLayer layer in layers)
        {
            blobs[layer.Output[0]] = Compute(layer, blobs[layer.Input[0]]);
        }

        return blobs;
    }

    private static Image Compute(NeuralNetworkLayer layer, Image x) => layer.LayerCase switch
    {
        LayerCase.Convolution when layer.Convolution.IsDeconvolution => Deconvolve(layer.Convolution, x),
        LayerCase.Convolution => Convolve(layer.Convolution, x),
        LayerCase.InnerProduct => Multiply(layer.InnerProduct, x),
        LayerCase.Batchnorm => Normalize(layer.Batchnorm, x),
        LayerCase.Scale => Scale(layer.Scale, x),
        LayerCase.Bias => Shift(layer.Bias, x),
        LayerCase.Activation => x.Map((_, value) => Math.Max(0, value)),
        _ => throw new NotSupportedException(layer.LayerCase.ToString()),
    };

    private static Image Convolve(ConvolutionLayerParams layer, Image x)
    {
        (int outputs, int groups, int kh, int kw) = Sizes(layer);
        int inputs = (int)layer.KernelChannels;
        float[] weights = Values(layer.Weights);
        var y = new Image(outputs, x.Height - kh + 1, x.Width - kw + 1, new double[outputs * (x.Height - kh + 1) * (x.Width - kw + 1)]);
        Each(y, (o, i, j, at) =>
        {
            int first = o / (outputs / groups) * inputs;
            double sum = layer.HasBias ? Values(layer.Bias)[o] : 0;
            for (int c = 0; c < inputs; c++)
            {
                for (int k = 0; k < kh * kw; k++)
                {
                    sum += weights[(((o * inputs) + c) * kh * kw) + k] * x[first + c, i + (k / kw), j + (k % kw)];
                }
            }

            y.Values[at] = sum;
        });
        return y;
    }

    private static Image Deconvolve(ConvolutionLayerParams layer, Image x)
    {
        (int outputs, int groups, int kh, int kw) = Sizes(layer);
        (int inputsOfGroup, int outputsOfGroup) = (x.Channels / groups, outputs / groups);
        float[] weights = Values(layer.Weights);
        var y = new Image(outputs, x.Height + kh - 1, x.Width + kw - 1, new double[outputs * (x.Height + kh - 1) * (x.Width + kw - 1)]);
        Each(y, (o, i, j, at) => y.Values[at] = layer.HasBias ? Values(layer.Bias)[o] : 0);
        Each(x, (c, i, j, at) =>
        {
            for (int o = 0; o < outputsOfGroup; o++)
            {
                for (int k = 0; k < kh * kw; k++)
                {
                    int output = ((c / inputsOfGroup) * outputsOfGroup) + o;
                    y.Values[(((output * y.Height) + i + (k / kw)) * y.Width) + j + (k % kw)] += x.Values[at] * weights[(((c * outputsOfGroup) + o) * kh * kw) + k];
                }
            }
        });
        return y;
    }

    private static Image Multiply(InnerProductLayerParams layer, Image x)
    {
        float[] weights = Values(layer.Weights);
        int inputs = (int)layer.InputChannels;
        return new Image((int)layer.OutputChannels, 1, 1, Enumerable.Range(0, (int)layer.OutputChannels)
            .Select(o => Enumerable.Range(0, inputs).Sum(i => weights[(o * inputs) + i] * x.Values[i]) + (layer.HasBias ? Values(layer.Bias)[o] : 0))
            .ToArray());
    }

    private static Image Normalize(BatchnormLayerParams layer, Image x)
    {
        (float[] gamma, float[] beta, float[] mean, float[] variance) = (Values(layer.Gamma), Values(layer.Beta), Values(layer.Mean), Values(layer.Variance));
        double epsilon = layer.Epsilon == 0 ? 1e-5f : layer.Epsilon;
        return x.Map((c, value) => (gamma[c] * (value - mean[c]) / Math.Sqrt(variance[c] + epsilon)) + beta[c]);
    }

    private static Image Scale(ScaleLayerParams layer, Image x)
    {
        float[] scale = Values(layer.Scale), bias = layer.HasBias ? Values(layer.Bias) : [0];
        return x.Map((c, value) => (value * scale[c % scale.Length]) + bias[c % bias.Length]);
    }

    private static Image Shift(BiasLayerParams layer, Image x)
    {
        float[] bias = Values(layer.Bias);
        return x.Map((c, value) => value + bias[c % bias.Length]);
    }

    private static void Each(Image image, Action<int, int, int, int> visit)
    {
        for (int at = 0; at < image.Values.Length; at++)
        {
            visit(at / (image.Height * image.Width), at / image.Width % image.Height, at % image.Width, at);
        }
    }

    private static (int Outputs, int Groups, int Height, int Width) Sizes(ConvolutionLayerParams layer) =>
        ((int)layer.OutputChannels, (int)Math.Max(1, layer.NGroups), (int)layer.KernelSize[0], (int)layer.KernelSize[1]);

    private static float[] Values(WeightParams weights) => NetworkModels.Unpacked(weights.FloatValue.Span);
}
