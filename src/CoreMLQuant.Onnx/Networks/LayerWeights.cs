using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.NeuralNetworks.Decoding;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Onnx.Networks;

/// <summary>
/// The weights of layers as constants of the graph. They lie unaligned in the specification, so a session gets its own copy of each,
/// decoded when it is compressed.
/// </summary>
/// <param name="file">The model.</param>
/// <param name="stage">Name of the stage, for errors.</param>
/// <param name="constants">Takes the constants.</param>
internal sealed class LayerWeights(ModelFile file, string stage, GraphConstants constants)
{
    // Up to here a constant stands in the graph itself.
    private const int MaximumInline = 64;

    // The body of a loop is translated more than once; its weights are there once.
    private readonly Dictionary<(string Layer, string Name, string Shape), OnnxValue> _known = [];

    /// <summary>The weights that have been used, by layer and field.</summary>
    public IEnumerable<(string Name, OnnxValue Value)> Known => _known.Select(known => ($"{known.Key.Layer}/{known.Key.Name}", known.Value));

    /// <summary>A weight as a constant.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="name">The specification's name of the field.</param>
    /// <param name="shape">Its dimensions, -1 for one that follows from the number of values; <see langword="null"/> for those that the layer gives.</param>
    /// <returns><see langword="null"/> when the layer has no such weight.</returns>
    public OnnxValue? Find(NetworkLayer layer, string name, IReadOnlyList<long>? shape = null)
    {
        if (Read(layer, name) is not { } weight)
        {
            return null;
        }

        (string, string, string) key = (layer.Path, name, shape is null ? string.Empty : string.Join(",", shape));
        if (!_known.TryGetValue(key, out OnnxValue? constant))
        {
            constant = Constant(layer, weight, name, shape);
            _known.Add(key, constant);
        }

        return constant;
    }

    /// <summary>The values of a small weight; <see langword="null"/> when the layer has no such weight, or not a small one.</summary>
    public float[]? Small(NetworkLayer layer, string name) =>
        Read(layer, name) is { Stored.ElementCount: <= MaximumInline } weight ? All(Decode(layer, weight)) : null;

    private OnnxValue Constant(NetworkLayer layer, (WeightField Field, StoredWeight Stored) weight, string name, IReadOnlyList<long>? shape)
    {
        IReadOnlyList<long> dimensions = Fitted(shape ?? weight.Field.Shape, weight.Stored.ElementCount, name);
        TensorValues values = Decode(layer, weight);
        return weight.Stored.ElementCount <= MaximumInline
            ? constants.Floats(All(values), dimensions)
            : constants.Add(new DecodedInitializer(new OnnxValue(OnnxTensorType.Float, dimensions), values));
    }

    private static float[] All(TensorValues values)
    {
        float[] all = new float[checked((int)values.Count)];
        values.Read(0, all);
        return all;
    }

    private static IReadOnlyList<long> Fitted(IReadOnlyList<long> shape, long count, string name)
    {
        long known = shape.Where(dimension => dimension >= 0).Aggregate(1L, (product, dimension) => checked(product * dimension));
        long[] dimensions = shape.Count == 0 ? [count] : shape.Select(dimension => dimension >= 0 || known == 0 ? dimension : count / known).ToArray();
        return dimensions.Aggregate(1L, (product, dimension) => product * dimension) == count
            ? dimensions
            : throw new NotTranslatableException($"its weight '{name}' has {count} values; the shape [{string.Join(", ", shape)}] asks for another number.");
    }

    private (WeightField Field, StoredWeight Stored)? Read(NetworkLayer layer, string name) =>
        layer.Fields.FirstOrDefault(field => field.Name == name) is { } field && StoredWeight.Read(field, file.Payloads, Place(layer, field)) is { } stored
            ? (field, stored)
            : null;

    private TensorValues Decode(NetworkLayer layer, (WeightField Field, StoredWeight Stored) weight) =>
        NetworkWeightDecoder.Decode(weight.Field, weight.Stored, file.Payloads, Place(layer, weight.Field));

    private WeightPlace Place(NetworkLayer layer, WeightField field) => WeightPlace.Of(file, stage, layer, field);
}
