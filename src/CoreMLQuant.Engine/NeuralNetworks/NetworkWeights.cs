using System.Collections.Generic;
using System.IO;
using CoreMLQuant.Models;
using CoreMLQuant.Packaging;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.NeuralNetworks;

/// <summary>Lists the weights of a NeuralNetwork.</summary>
internal static class NetworkWeights
{
    /// <summary>All weights in the order of the specification, those of nested networks included.</summary>
    /// <param name="file">The model.</param>
    /// <param name="stage">The stage that the layers belong to.</param>
    /// <param name="layers">The outermost layers of the stage.</param>
    /// <exception cref="Errors.CoreMLFormatException">A weight breaks a rule of the format.</exception>
    public static IEnumerable<WeightSite> Of(ModelFile file, PipelineStage stage, IReadOnlyList<NeuralNetworkLayer> layers)
    {
        foreach (NetworkLayer layer in NetworkLayers.All(layers))
        {
            foreach (WeightField field in layer.Fields)
            {
                if (StoredWeight.Read(field, file.Payloads, WeightPlace.Of(file, stage.Name, layer, field)) is { } stored)
                {
                    yield return SiteOf(file, file.Payloads, stage.Name, layer, field, stored);
                }
            }
        }
    }

    /// <summary>A weight as both formats tell it.</summary>
    /// <param name="file">The model.</param>
    /// <param name="payloads">The big fields that <paramref name="stored"/> refers to.</param>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="field">The field of the layer.</param>
    /// <param name="stored">What the field holds.</param>
    public static WeightSite SiteOf(ModelFile file, DetachedPayloads payloads, string stage, NetworkLayer layer, WeightField field, StoredWeight stored) => new()
    {
        ModelPath = file.Path,
        Stage = stage,
        Function = string.Empty,
        Name = NameOf(layer, field),
        OpType = layer.Type,
        OpName = layer.Path,
        Consumers = [layer.Type],
        Shape = stored.Shape,
        ElementType = stored.ElementType,
        Encoding = stored.Encoding,
        StorageType = stored.StorageType,
        ElementCount = stored.ElementCount,
        ByteCount = stored.ByteCount,
        File = file.Container.IsPackage ? file.Container.Specification : Path.GetFileName(file.Path),
        Offset = payloads.Resolve(stored.Data) is FileData data ? data.Offset : -1,
    };

    /// <summary>A weight's name, <c>layer/field</c>.</summary>
    public static string NameOf(NetworkLayer layer, WeightField field) => $"{layer.Path}/{field.Name}";
}
