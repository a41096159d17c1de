using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Interfaces;
using CoreMLQuant.Validation.Networks.Layers;

namespace CoreMLQuant.Validation.Networks;

/// <summary>Rules for a NeuralNetwork as a whole, for its layers and for what passes between them.</summary>
internal static class NetworkRules
{
    private const int Float16Version = 2, QuantizedVersion = 3;

    // A maker of its own for what the model is given, so that a copy over an input counts as making it.
    private const string GivenByTheModel = "__input";

    /// <summary>Checks a stage.</summary>
    /// <param name="file">The model.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="layers">Its outermost layers.</param>
    /// <param name="findings">Takes what is found.</param>
    /// <param name="floats">Takes the weights whose values are to be read.</param>
    public static void Check(ModelFile file, PipelineStage stage, IReadOnlyList<NeuralNetworkLayer> layers, FindingList findings, StoredFloats floats)
    {
        var place = new Place(stage.Name, string.Empty);
        ModelDescription description = stage.Model.Description ?? new ModelDescription();
        NetworkTraits traits = Traits(file, stage, layers, description);
        if (layers.Count == 0)
        {
            findings.Add(ValidationRule.EmptyNetwork, place.Of("network"), "the network has no layers.");
        }

        NetworkInterface.Check(stage, traits, layers, description, findings);
        NetworkScope scope = NetworkScope.Of(traits);
        foreach (FeatureDescription input in description.Input)
        {
            scope.Add(input.Name, GivenByTheModel);
        }

        var walk = new NetworkWalk(stage, findings, (layer, location) => CheckWeights(file, stage, layer, location, findings, floats));
        walk.Run(layers, string.Empty, scope);
        NetworkOutputs.Check(stage, layers, description, scope, findings);
        if (stage.Model.IsUpdatable)
        {
            UpdateRules.Check(file, stage, layers, findings);
        }
    }

    private static NetworkTraits Traits(ModelFile file, PipelineStage stage, IReadOnlyList<NeuralNetworkLayer> layers, ModelDescription description)
    {
        var reader = new DetailReader(file.Payloads, file.Container.SpecificationPath);
        (bool arraysExact, bool imagesExact) = NetworkLayers.ShapeMappings(stage.Model);
        var old = new NetworkTraits(reader, false, new Dictionary<string, int>());
        bool isOfAnyRank = arraysExact || imagesExact || layers.Any(layer => !NetworkInterface.IsOfFixedRank(layer, NetworkScope.Of(old)));
        return old with
        {
            IsOfAnyRank = isOfAnyRank,
            InterfaceRanks = isOfAnyRank ? NetworkTraits.RanksOf(description, !arraysExact, !imagesExact) : old.InterfaceRanks,
        };
    }

    private static void CheckWeights(ModelFile file, PipelineStage stage, NetworkLayer layer, string location, FindingList findings, StoredFloats floats)
    {
        LayerCheck check = LayerCheck.Of(file, stage, layer, findings);
        check.Run();
        check.AddValues(floats);
        Need(check.HasQuantized ? QuantizedVersion : 0, "a quantized weight");
        Need(check.HasFloat16 ? Float16Version : 0, "an FP16 weight");

        void Need(int version, string what) => VersionRules.Need(stage, version, location, what, findings, ValidationRule.UnderstatedVersion);
    }
}
