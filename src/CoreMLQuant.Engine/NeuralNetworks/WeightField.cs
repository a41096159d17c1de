using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.NeuralNetworks;

/// <summary>One weight field of a layer: what the layer's parameters say about it, whatever it holds.</summary>
/// <param name="Name">The specification's name of the field, e.g. <c>weights</c>, <c>weightParams.inputGateBiasVector</c>.</param>
/// <param name="Params">The field.</param>
/// <param name="Shape">Dimensions that the layer's parameters claim, in storage order; empty when they claim none.</param>
/// <param name="ChannelAxis">
/// The dimension of the output channels; <see langword="null"/> for vectors and constants, which are quantized as one.
/// </param>
/// <param name="ChannelCount">
/// Number of output channels, which is how many scales the format takes besides one. More than the channel
/// axis is long for a grouped deconvolution, whose axis counts the channels of one group.
/// </param>
/// <param name="Claim">The dimensions as the layer's parameters have them, even where no weight can be so.</param>
internal sealed record WeightField(
    string Name, WeightParams Params, IReadOnlyList<long> Shape, int? ChannelAxis, long ChannelCount, IReadOnlyList<ulong> Claim)
{
    /// <summary>A field in a layer; <see langword="null"/> when the layer does not have it.</summary>
    /// <param name="name">Name of the field.</param>
    /// <param name="field">The field.</param>
    /// <param name="channelAxis">Dimension of the output channels.</param>
    /// <param name="channels">Number of output channels.</param>
    /// <param name="shape">All dimensions.</param>
    public static WeightField? Matrix(string name, WeightParams? field, int channelAxis, ulong channels, params ulong[] shape) =>
        field is null ? null : new WeightField(name, field, Checked(shape), channelAxis, (long)Math.Min(channels, int.MaxValue), shape);

    /// <summary>A bias or another field that is quantized as one; <see langword="null"/> when the layer does not have it.</summary>
    /// <param name="name">Name of the field.</param>
    /// <param name="field">The field.</param>
    /// <param name="shape">All dimensions; none when the layer's parameters do not tell.</param>
    public static WeightField? Vector(string name, WeightParams? field, params ulong[] shape) =>
        field is null ? null : new WeightField(name, field, Checked(shape), null, 1, shape);

    /// <summary>Number of values that the layer's parameters claim; 0 when they claim none.</summary>
    public long ClaimedCount
    {
        get
        {
            long count = Shape.Count == 0 ? 0 : 1;
            foreach (long dimension in Shape)
            {
                count *= dimension;
            }

            return count;
        }
    }

    /// <summary>
    /// Number of values that the layer's parameters ask for, 0 included and numbers that no file could hold as the largest one;
    /// <see langword="null"/> when they ask for none.
    /// </summary>
    public ulong? ExpectedCount
    {
        get
        {
            if (Claim.Count == 0)
            {
                return null;
            }

            return Claim.Contains(0UL)
                ? 0
                : Claim.Aggregate(1UL, (count, dimension) => count > ulong.MaxValue / dimension ? ulong.MaxValue : count * dimension);
        }
    }

    // No weight has more values than a specification has bits; dimensions beyond that are no claim worth keeping.
    private static IReadOnlyList<long> Checked(ulong[] shape)
    {
        const ulong MaxCount = int.MaxValue * 8UL;
        ulong count = 1;
        long[] dimensions = new long[shape.Length];
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] == 0 || shape[i] > MaxCount / count)
            {
                return [];
            }

            count *= shape[i];
            dimensions[i] = (long)shape[i];
        }

        return dimensions;
    }
}
