using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;
using Google.Protobuf;

namespace CoreMLQuant.NeuralNetworks.Decoding;

/// <summary>The values of a NeuralNetwork's weights, in whatever form they are stored.</summary>
internal static class NetworkWeightDecoder
{
    /// <summary>The values that a layer computes with.</summary>
    /// <param name="field">The field.</param>
    /// <param name="stored">What it holds.</param>
    /// <param name="payloads">The big fields of the specification.</param>
    /// <param name="place">The field's place, for messages.</param>
    /// <exception cref="Errors.CoreMLFormatException">The number of scales fits no axis.</exception>
    public static TensorValues Decode(WeightField field, StoredWeight stored, DetachedPayloads payloads, WeightPlace place)
    {
        // rawValue's first value has the highest bits; of whole bytes that says nothing.
        var values = new StoredValues(payloads.Resolve(stored.Data), stored.StorageType, stored.ElementCount, BitOrder.HighestFirst);
        switch (stored.Encoding)
        {
            case WeightEncoding.Palettized:
                TensorValues table = Singles(field.Params.Quantization.LookupTableQuantization.FloatValue, payloads);
                return new PalettizedValues(values, BlockGrid.Whole(stored.Shape), table, (int)table.Count, null);
            case WeightEncoding.Linear:
                LinearQuantizationParams linear = field.Params.Quantization.LinearQuantization;
                TensorValues scale = Singles(linear.Scale, payloads);
                TensorValues? bias = payloads.LengthOf(linear.Bias) == 0 ? null : Singles(linear.Bias, payloads);
                return new AffineValues(values, Grid(field, stored, scale.Count, place), scale, bias);
            default:
                return values;
        }
    }

    /// <summary>
    /// How scales lie over a weight: one for all, one for each output channel, or one for each value of a vector;
    /// <see langword="null"/> when their number fits no axis.
    /// </summary>
    public static BlockGrid? FindGrid(WeightField field, StoredWeight stored, long scales)
    {
        IReadOnlyList<long> shape = stored.Shape;
        if (scales == 1)
        {
            return BlockGrid.Whole(shape);
        }

        // Vectors and constants of scale, bias and loadConstant layers may have a scale for each index of their first axis.
        int axis = shape.Count == 1 ? 0 : field.ChannelAxis ?? 0;
        if (shape.Count > axis && shape[axis] == scales)
        {
            return new BlockGrid(shape, shape.Select((dimension, index) => index == axis ? dimension : 1L).ToArray());
        }

        // The channel axis of a grouped deconvolution counts one group's channels; the groups are consecutive pieces of the first axis.
        long groups = axis == 1 && shape[axis] > 0 && scales == field.ChannelCount && scales % shape[axis] == 0 ? scales / shape[axis] : 0;
        return groups > 1 && shape[0] % groups == 0
            ? new BlockGrid([groups, shape[0] / groups, .. shape.Skip(1)], [groups, 1, shape[1], .. shape.Skip(2).Select(_ => 1L)])
            : null;
    }

    private static BlockGrid Grid(WeightField field, StoredWeight stored, long scales, WeightPlace place) => FindGrid(field, stored, scales)
        ?? throw place.Broken(string.Format(
            CultureInfo.InvariantCulture,
            "there are {0} scales for a weight of shape [{1}]{2}.",
            scales,
            string.Join(", ", stored.Shape),
            field.ChannelAxis is null ? string.Empty : $" with {field.ChannelCount.ToString(CultureInfo.InvariantCulture)} output channels"));

    private static StoredValues Singles(ByteString field, DetachedPayloads payloads)
    {
        WeightData data = payloads.Resolve(field);
        return new StoredValues(data, ElementType.Float32, data.Length / sizeof(float));
    }
}
