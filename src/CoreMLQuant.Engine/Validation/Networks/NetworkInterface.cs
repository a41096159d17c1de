using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Networks.Layers;

namespace CoreMLQuant.Validation.Networks;

/// <summary>What a network asks of the inputs and outputs in its description. Source: Apple's validator of networks.</summary>
internal static class NetworkInterface
{
    /// <summary>Checks the description of a network.</summary>
    public static void Check(PipelineStage stage, NetworkTraits traits, IReadOnlyList<NeuralNetworkLayer> layers, ModelDescription description, FindingList findings)
    {
        var place = new Place(stage.Name, string.Empty);
        CheckTypes("input", description.Input);
        if (stage.Model.TypeCase == Model.TypeOneofCase.NeuralNetwork)
        {
            CheckTypes("output", description.Output);
        }

        CheckMapping(stage, traits, layers, description, place, findings);
        foreach (FeatureDescription input in description.Input.Where(input => input.Type?.MultiArrayType is not null))
        {
            CheckRank(traits, input.Type.MultiArrayType, place.Of("input", input.Name), findings);
        }

        void CheckTypes(string kind, IEnumerable<FeatureDescription> features)
        {
            foreach (FeatureDescription feature in features.Where(feature => !IsTensor(feature)))
            {
                findings.Add(ValidationRule.FeatureType, place.Of(kind, feature.Name), "a network takes and gives arrays, images and states only.");
            }
        }
    }

    /// <summary>Whether a layer works where every value has five axes; a layer whose settings cannot be read is told elsewhere.</summary>
    public static bool IsOfFixedRank(NeuralNetworkLayer layer, NetworkScope scope)
    {
        try
        {
            LayerContext context = LayerContext.Of(layer, scope, string.Empty);
            // A kind that is not known has its own finding.
            return LayerRegistry.Find(context.Details.LayerCase) is not { } rule || rule.IsOfFixedRank(context);
        }
        catch (CoreMLFormatException)
        {
            return true;
        }
    }

    private static bool IsTensor(FeatureDescription feature) => feature.Type?.TypeCase
        is FeatureType.TypeOneofCase.ImageType or FeatureType.TypeOneofCase.MultiArrayType or FeatureType.TypeOneofCase.StateType;

    private static void CheckMapping(
        PipelineStage stage, NetworkTraits traits, IReadOnlyList<NeuralNetworkLayer> layers, ModelDescription description, Place place, FindingList findings)
    {
        (bool arraysExact, bool imagesExact) = NetworkLayers.ShapeMappings(stage.Model);
        if (arraysExact || !traits.IsOfAnyRank || description.Input.All(input => input.Type?.MultiArrayType is null))
        {
            return;
        }

        findings.Add(
            ValidationRule.ShapeMapping,
            place.Of("arrayInputShapeMapping"),
            imagesExact
                ? "arrays are mapped to five axes and images are not; both must be mapped in the same way."
                : "arrays are mapped to five axes, but there are layers of specification version 4 or later, which take the ranks as they are.");
    }

    private static void CheckRank(NetworkTraits traits, ArrayFeatureType array, string location, FindingList findings)
    {
        int rank = array.Shape.Count;
        if (!traits.IsOfAnyRank)
        {
            bool fits = array.ShapeFlexibilityCase switch
            {
                _ when rank > 0 => IsVectorOrImage(rank),
                ArrayFeatureType.ShapeFlexibilityOneofCase.EnumeratedShapes => array.EnumeratedShapes.Shapes.All(shape => IsVectorOrImage(shape.Shape_.Count)),
                ArrayFeatureType.ShapeFlexibilityOneofCase.ShapeRange => IsVectorOrImage(array.ShapeRange.SizeRanges.Count),
                _ => false,
            };
            if (!fits)
            {
                findings.Add(ValidationRule.InputRank, location, $"the array has rank {rank}; without layers of specification version 4 or later, and without an exact shape mapping, it is 1 or 3.");
            }
        }
        else if (rank == 0)
        {
            findings.Add(ValidationRule.InputRank, location, "the array has no dimensions; a network's input has at least one.");
        }
        else if (array.ShapeFlexibilityCase == ArrayFeatureType.ShapeFlexibilityOneofCase.ShapeRange && array.ShapeRange.SizeRanges.Count != rank)
        {
            findings.Add(ValidationRule.InputRank, location, $"the array has {rank} dimensions and {array.ShapeRange.SizeRanges.Count} ranges; there is one for each.");
        }
    }

    private static bool IsVectorOrImage(int rank) => rank is 1 or 3;
}
