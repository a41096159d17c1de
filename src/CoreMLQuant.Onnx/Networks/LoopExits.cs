using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using Kind = CoreMLQuant.Specification.Schema.Details.LayerDetails.LayerOneofCase;

namespace CoreMLQuant.Onnx.Networks;

/// <summary>
/// Layers that leave a loop or its round. They set blobs of their own, which no model can name, and what comes after them is run by
/// what those say.
/// </summary>
internal static class LoopExits
{
    /// <summary>Whether this round of the loop has been left.</summary>
    public const string Left = "\0left";

    /// <summary>Whether the loop has been left.</summary>
    public const string Broken = "\0broken";

    // Field numbers: Core ML specification, NeuralNetworkLayer. Layers without weights are not spelled out in the schema.
    private static readonly int[] FieldNumbers = [(int)Kind.LoopBreak, (int)Kind.LoopContinue];

    /// <summary>Whether a layer, or one in its branches, leaves the loop around it.</summary>
    public static bool AreIn(NeuralNetworkLayer layer) => layer.LayerCase switch
    {
        NeuralNetworkLayer.LayerOneofCase.Branch => Nested(layer).SelectMany(network => network.Layers).Any(AreIn),
        NeuralNetworkLayer.LayerOneofCase.None => FieldNumbers.Any(number => UnknownKinds.Has(layer, number)),
        _ => false,
    };

    /// <summary>The blobs that layers write, those of networks inside them included.</summary>
    public static IReadOnlyList<string> Written(IEnumerable<NeuralNetworkLayer> layers) => layers
        .SelectMany(layer => layer.Output.Concat(Written(Nested(layer).SelectMany(network => network.Layers))).Concat(AreIn(layer) ? [Left, Broken] : []))
        .Distinct().ToArray();

    private static IEnumerable<NeuralNetwork> Nested(NeuralNetworkLayer layer) => new[]
    {
        layer.Branch?.IfBranch, layer.Branch?.ElseBranch, layer.Loop?.ConditionNetwork, layer.Loop?.BodyNetwork,
    }.OfType<NeuralNetwork>();
}
