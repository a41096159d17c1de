using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.NeuralNetworks.Decoding;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;
using LayerCase = CoreMLQuant.Specification.Schema.NeuralNetworkLayer.LayerOneofCase;

namespace CoreMLQuant.NeuralNetworks.Folding;

/// <summary>Reads what layers do to channels.</summary>
/// <param name="network">The network that the layers belong to.</param>
internal sealed class StepReader(NetworkSource network)
{
    // Apple's documentation of the layer: "Defaults to 1e-5 if not set or set to 0".
    private const float DefaultEpsilon = 1e-5f;

    // Below this version every blob has five axes, and the channels of an innerProduct are where a normalization looks for
    // them. From it on, an innerProduct's channels are the last axis, a normalization's the third from the end.
    private const int FirstVersionOfAnyRank = 4;

    /// <summary>What a layer does to each channel of the layer before it; <see langword="null"/> when it is something else.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="before">The layer before it.</param>
    public ChannelStep? Read(NetworkLayer layer, int channels, NetworkLayer before)
    {
        bool sameAxis = before.Message.LayerCase == LayerCase.Convolution || network.Stage.Model.SpecificationVersion < FirstVersionOfAnyRank;
        return layer.Message.LayerCase switch
        {
            LayerCase.Batchnorm when sameAxis => Normalization(layer, channels),
            LayerCase.Scale => Scale(layer, channels, sameAxis),
            LayerCase.Bias => Bias(layer, channels, sameAxis),
            _ => null,
        };
    }

    /// <summary>The values of a field; <see langword="null"/> when it is empty or holds another number of values.</summary>
    public double[]? Values(NetworkLayer layer, string name, int count)
    {
        if (layer.Fields.FirstOrDefault(field => field.Name == name) is not { } field)
        {
            return null;
        }

        WeightPlace place = WeightPlace.Of(network.File, network.Stage.Name, layer, field);
        if (StoredWeight.Read(field, network.Payloads, place) is not { } stored || stored.ElementCount != count)
        {
            return null;
        }

        TensorValues values = NetworkWeightDecoder.Decode(field, stored, network.Payloads, place);
        float[] read = new float[count];
        values.Read(0, read);
        return Array.ConvertAll(read, value => (double)value);
    }

    private ChannelStep? Normalization(NetworkLayer layer, int channels)
    {
        BatchnormLayerParams norm = layer.Message.Batchnorm;
        if (norm.InstanceNormalization || norm.ComputeMeanVar || norm.Channels != (ulong)channels
            || Values(layer, "gamma", channels) is not { } gamma || Values(layer, "beta", channels) is not { } beta
            || Values(layer, "mean", channels) is not { } mean || Values(layer, "variance", channels) is not { } variance)
        {
            return null;
        }

        float epsilon = norm.Epsilon == 0 ? DefaultEpsilon : norm.Epsilon;
        return new ChannelStep(gamma.Select((value, channel) => value / Math.Sqrt(variance[channel] + epsilon)).ToArray(), mean, beta);
    }

    private ChannelStep? Scale(NetworkLayer layer, int channels, bool sameAxis)
    {
        ScaleLayerParams scale = layer.Message.Scale;
        double[]? factors = PerChannel(layer, "scale", scale.ShapeScale, channels, sameAxis);
        double[]? shifts = scale.HasBias ? PerChannel(layer, "bias", scale.ShapeBias, channels, sameAxis) : new double[channels];
        return factors is null || shifts is null ? null : new ChannelStep(factors, new double[channels], shifts);
    }

    private ChannelStep? Bias(NetworkLayer layer, int channels, bool sameAxis) =>
        PerChannel(layer, "bias", layer.Message.Bias.Shape, channels, sameAxis) is { } shifts
            ? new ChannelStep(Enumerable.Repeat(1d, channels).ToArray(), new double[channels], shifts)
            : null;

    // [1], [C] or either as [.., 1, 1]; what differs from place to place in a channel cannot be folded.
    private double[]? PerChannel(NetworkLayer layer, string field, IReadOnlyList<ulong> shape, int channels, bool sameAxis)
    {
        if (shape.Count == 0 || shape.Skip(1).Any(dimension => dimension != 1))
        {
            return null;
        }

        return shape[0] == 1 ? Values(layer, field, 1) is { } single ? Enumerable.Repeat(single[0], channels).ToArray() : null
            : shape[0] == (ulong)channels && sameAxis ? Values(layer, field, channels)
            : null;
    }
}
