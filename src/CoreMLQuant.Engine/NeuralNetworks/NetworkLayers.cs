using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace CoreMLQuant.NeuralNetworks;

/// <summary>Finds the layers of a NeuralNetwork, those of nested networks included.</summary>
internal static class NetworkLayers
{
    // Every layer inside repeats the names around it, so a file of a few megabytes could ask for paths of terabytes.
    private const int MaxPrefixLength = 1024;

    /// <summary>The outermost layers of a model; <see langword="null"/> when it is no NeuralNetwork.</summary>
    public static RepeatedField<NeuralNetworkLayer>? Of(Model model) => model.TypeCase switch
    {
        Model.TypeOneofCase.NeuralNetwork => model.NeuralNetwork.Layers,
        Model.TypeOneofCase.NeuralNetworkClassifier => model.NeuralNetworkClassifier.Layers,
        Model.TypeOneofCase.NeuralNetworkRegressor => model.NeuralNetworkRegressor.Layers,
        _ => null,
    };

    /// <summary>What a NeuralNetwork does to its images before the first layer; the messages are kept as bytes.</summary>
    public static RepeatedField<ByteString> PreprocessingOf(Model model) => model.TypeCase switch
    {
        Model.TypeOneofCase.NeuralNetworkClassifier => model.NeuralNetworkClassifier.Preprocessing,
        Model.TypeOneofCase.NeuralNetworkRegressor => model.NeuralNetworkRegressor.Preprocessing,
        _ => model.NeuralNetwork.Preprocessing,
    };

    /// <summary>
    /// Whether a NeuralNetwork takes its inputs in the shapes they have. Otherwise every blob has five axes, and layers newer than
    /// specification version 3 are not allowed, by Apple's validator.
    /// </summary>
    public static bool HasExactShapes(Model model) => ShapeMappings(model) is { Arrays: true } or { Images: true };

    /// <summary>Whether a NeuralNetwork takes arrays, and images, in the shapes they have.</summary>
    public static (bool Arrays, bool Images) ShapeMappings(Model model) => model.TypeCase switch
    {
        Model.TypeOneofCase.NeuralNetwork => (model.NeuralNetwork.ArrayInputShapeMapping != 0, model.NeuralNetwork.ImageInputShapeMapping != 0),
        Model.TypeOneofCase.NeuralNetworkClassifier => (model.NeuralNetworkClassifier.ArrayInputShapeMapping != 0, model.NeuralNetworkClassifier.ImageInputShapeMapping != 0),
        Model.TypeOneofCase.NeuralNetworkRegressor => (model.NeuralNetworkRegressor.ArrayInputShapeMapping != 0, model.NeuralNetworkRegressor.ImageInputShapeMapping != 0),
        _ => (false, false),
    };

    /// <summary>These layers and all layers of the networks nested in them, in the order of the specification.</summary>
    /// <param name="layers">The outermost layers.</param>
    public static IEnumerable<NetworkLayer> All(IReadOnlyList<NeuralNetworkLayer> layers) => All(layers, string.Empty);

    /// <summary>This list of layers and those of the networks nested in it, each by itself.</summary>
    public static IEnumerable<RepeatedField<NeuralNetworkLayer>> Lists(RepeatedField<NeuralNetworkLayer> layers) => layers
        .SelectMany(Nested)
        .SelectMany(nested => nested.Network is null ? [] : Lists(nested.Network.Layers))
        .Prepend(layers);

    /// <summary>The layers of one network, without those of networks inside.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="prefix">What stands before their names in their paths.</param>
    public static IEnumerable<NetworkLayer> Of(IReadOnlyList<NeuralNetworkLayer> layers, string prefix)
    {
        if (prefix.Length > MaxPrefixLength)
        {
            prefix = prefix.Substring(prefix.Length - MaxPrefixLength);
        }

        for (int i = 0; i < layers.Count; i++)
        {
            // A layer needs no name; then its position is the name.
            string name = layers[i].Name.Length > 0 ? layers[i].Name : i.ToString(CultureInfo.InvariantCulture);
            yield return new NetworkLayer(prefix + name, layers[i]);
        }
    }

    private static IEnumerable<NetworkLayer> All(IReadOnlyList<NeuralNetworkLayer> layers, string prefix)
    {
        foreach (NetworkLayer layer in Of(layers, prefix))
        {
            yield return layer;
            foreach ((string branch, NeuralNetwork? network) in Nested(layer.Message))
            {
                // Reading a specification bounds its nesting, so this recursion is bounded, too.
                foreach (NetworkLayer inner in network is null ? [] : All(network.Layers, $"{layer.Path}/{branch}/"))
                {
                    yield return inner;
                }
            }
        }
    }

    private static IEnumerable<(string Branch, NeuralNetwork? Network)> Nested(NeuralNetworkLayer layer) => layer.LayerCase switch
    {
        NeuralNetworkLayer.LayerOneofCase.Branch => [("if", layer.Branch.IfBranch), ("else", layer.Branch.ElseBranch)],
        NeuralNetworkLayer.LayerOneofCase.Loop => [("condition", layer.Loop.ConditionNetwork), ("body", layer.Loop.BodyNetwork)],
        _ => [],
    };
}
