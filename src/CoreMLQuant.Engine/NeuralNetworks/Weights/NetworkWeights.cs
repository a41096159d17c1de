using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks.Decoding;
using CoreMLQuant.NeuralNetworks.Folding;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.NeuralNetworks.Weights;

/// <summary>Lists the weights of a NeuralNetwork.</summary>
internal static class NetworkWeights
{
    /// <summary>All weights in the order of the specification.</summary>
    /// <param name="file">The model.</param>
    /// <param name="stage">The stage that the layers belong to.</param>
    /// <param name="layers">The layers of the stage, those of nested networks included.</param>
    /// <param name="folded">The layers that have taken in others, whose values are those with what they took in; <see langword="null"/> when none has.</param>
    /// <exception cref="Errors.CoreMLFormatException">A weight breaks a rule of the format.</exception>
    public static IEnumerable<FoundWeight> Of(
        ModelFile file, PipelineStage stage, IEnumerable<NetworkLayer> layers, IReadOnlyDictionary<NeuralNetworkLayer, FoldedLayer>? folded = null)
    {
        var counts = new Dictionary<string, int>();
        foreach (NetworkLayer layer in layers)
        {
            counts.TryGetValue(layer.Type, out int ordinal);
            counts[layer.Type] = ordinal + 1;
            FoldedLayer? fold = folded is not null && folded.TryGetValue(layer.Message, out FoldedLayer? found) ? found : null;
            foreach (WeightField field in (fold?.Layer ?? layer).Fields)
            {
                if (FoldedWeight.Read(field, fold, file.Payloads, WeightPlace.Of(file, stage.Name, layer, field)) is { Stored: var stored } weight)
                {
                    yield return new FoundWeight(SiteOf(file, file.Payloads, stage.Name, layer, field, stored), () => weight.Decode(file.Payloads))
                    {
                        Uses = () => [new WeightUse(layer.Type, layer.Path, ordinal, field.Name, 0)],
                        // A flat shape has no such axis.
                        ChannelAxis = () => field.ChannelAxis < stored.Shape.Count && stored.Shape.Count > 1 ? field.ChannelAxis : null,
                    };
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
        EncodingDetails = DetailsOf(field, stored, payloads),
        StorageType = stored.StorageType,
        ElementCount = stored.ElementCount,
        ByteCount = stored.ByteCount,
        File = file.Container.IsFolder ? file.Container.Specification : Path.GetFileName(file.Path),
        Offset = payloads.Resolve(stored.Data) is FileData data ? data.Offset : -1,
    };

    /// <summary>A weight's name, <c>layer/field</c>.</summary>
    public static string NameOf(NetworkLayer layer, WeightField field) => $"{layer.Path}/{field.Name}";

    private static EncodingDetails? DetailsOf(WeightField field, StoredWeight stored, DetachedPayloads payloads)
    {
        if (stored.Encoding == WeightEncoding.Plain)
        {
            return null;
        }

        int bits = stored.StorageType.BitWidth();
        bool isLinear = stored.Encoding == WeightEncoding.Linear;
        long scales = isLinear ? payloads.LengthOf(field.Params.Quantization.LinearQuantization.Scale) / sizeof(float) : 1;
        BlockGrid? grid = NetworkWeightDecoder.FindGrid(field, stored, scales);
        return new EncodingDetails
        {
            Steps = [new EncodingStep(stored.Encoding, bits, null)],
            Granularity = grid is null ? null : scales == 1 ? Granularity.PerTensor : Granularity.PerChannel,
            BlockShape = grid is null || grid.Shape.Count != stored.Shape.Count ? [] : grid.Shape.Zip(grid.BlockCounts, (dimension, count) => dimension / count).ToArray(),
            LookupTableSize = isLinear ? 0 : 1 << bits,
            LookupTableCount = isLinear ? 0 : 1,
            VectorSize = isLinear ? 0 : 1,
        };
    }
}
