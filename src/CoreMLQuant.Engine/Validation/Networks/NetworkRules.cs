using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Interfaces;
using LayerCase = CoreMLQuant.Specification.Schema.NeuralNetworkLayer.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks;

/// <summary>Rules for the layers of a NeuralNetwork and what passes between them.</summary>
internal static class NetworkRules
{
    private const int Float16Version = 2, QuantizedVersion = 3, CustomVersion = 2, DynamicVersion = 5;

    /// <summary>Checks a stage.</summary>
    /// <param name="file">The model.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="layers">Its outermost layers.</param>
    /// <param name="findings">Takes what is found.</param>
    /// <param name="floats">Takes the weights whose values are to be read.</param>
    public static void Check(ModelFile file, PipelineStage stage, IReadOnlyList<NeuralNetworkLayer> layers, FindingList findings, StoredFloats floats)
    {
        var place = new Place(stage.Name, string.Empty);
        var known = new HashSet<string>((stage.Model.Description?.Input ?? []).Concat(stage.Model.Description?.TrainingInput ?? []).Select(feature => feature.Name));
        foreach (NetworkLayer layer in NetworkLayers.All(layers))
        {
            string location = place.Of("layer", layer.Path);
            foreach (string input in layer.Message.Input.Where(input => !known.Contains(input)))
            {
                findings.Add(ValidationRule.UndefinedLayerInput, location, $"the input '{input}' is given by nothing before the layer.");
            }

            // A nested network makes the outputs of the layer around it, and may use them in its next round.
            known.UnionWith(layer.Message.Output);
            LayerCheck check = LayerCheck.Of(file, stage, layer, findings);
            check.Run();
            check.AddValues(floats);
            CheckVersion(stage, layer.Message, check, location, findings);
        }
    }

    private static void CheckVersion(PipelineStage stage, NeuralNetworkLayer layer, LayerCheck check, string location, FindingList findings)
    {
        (int needed, string what) = layer.LayerCase switch
        {
            LayerCase.Custom => (CustomVersion, "a custom layer"),
            LayerCase.Branch or LayerCase.Loop or LayerCase.EmbeddingND or LayerCase.BatchedMatmul or LayerCase.LoadConstantND or LayerCase.LayerNormalization => (4, "this kind of layer"),
            LayerCase.Convolution3D => (5, "this kind of layer"),
            _ => (0, string.Empty),
        };
        Need(needed, what);
        Need(check.IsDynamic ? DynamicVersion : 0, "quantizing inputs while the model runs");
        Need(check.HasQuantized ? QuantizedVersion : 0, "a quantized weight");
        Need(check.HasFloat16 ? Float16Version : 0, "an FP16 weight");

        void Need(int version, string what) => VersionRules.Need(stage, version, location, what, findings, ValidationRule.UnderstatedVersion);
    }
}
