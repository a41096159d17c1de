using CoreMLQuant.Models;
using CoreMLQuant.Validation.Findings;
using ModelCase = CoreMLQuant.Specification.Schema.Model.TypeOneofCase;

namespace CoreMLQuant.Validation.Interfaces;

/// <summary>Which models can be trained on a device. Source: Apple's validator of interfaces.</summary>
internal static class UpdatableRules
{
    private const int UpdatableVersion = 4;

    /// <summary>Checks a stage; one that is not updatable has nothing to check.</summary>
    public static void Check(PipelineStage stage, Place place, FindingList findings)
    {
        if (!stage.Model.IsUpdatable)
        {
            return;
        }

        VersionRules.Need(stage, UpdatableVersion, place.Of("isUpdatable"), "training on a device", findings);
        if (stage.Model.TypeCase is not (ModelCase.NeuralNetwork or ModelCase.NeuralNetworkClassifier or ModelCase.NeuralNetworkRegressor
            or ModelCase.KNearestNeighborsClassifier or ModelCase.Pipeline or ModelCase.PipelineClassifier or ModelCase.PipelineRegressor))
        {
            findings.Add(ValidationRule.InvalidUpdate, place.Of("isUpdatable"), "a model of this kind cannot be trained on a device.");
        }
    }
}
