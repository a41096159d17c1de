using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using FeatureCase = CoreMLQuant.Specification.Schema.FeatureType.TypeOneofCase;
using LabelsCase = CoreMLQuant.Specification.Schema.NeuralNetworkClassifier.ClassLabelsOneofCase;
using ModelCase = CoreMLQuant.Specification.Schema.Model.TypeOneofCase;

namespace CoreMLQuant.Validation.Interfaces;

/// <summary>What classifiers and regressors predict, and how it is described. Source: Apple's validator of interfaces.</summary>
internal static class PredictionRules
{
    /// <summary>Checks the predictions of a stage as far as its description and, for a network, its labels tell.</summary>
    public static void Check(PipelineStage stage, ModelDescription description, DetailReader reader, Place place, FindingList findings)
    {
        switch (stage.Model.TypeCase)
        {
            case ModelCase.NeuralNetworkClassifier:
                CheckClassifier(description, LabelsOf(stage.Model.NeuralNetworkClassifier, reader), false, place, findings);
                break;
            case ModelCase.NeuralNetworkRegressor or ModelCase.GlmRegressor or ModelCase.SupportVectorRegressor:
                CheckRegressor(description, place, findings);
                break;
            case ModelCase.GlmClassifier or ModelCase.SupportVectorClassifier or ModelCase.KNearestNeighborsClassifier:
                // Their labels stand among their parameters, and so do these rules.
                break;
            default:
                WarnOfUnknown(description, place, findings);
                break;
        }
    }

    /// <summary>Checks what a classifier predicts.</summary>
    /// <param name="description">The classifier's description.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="mayBeEmpty">Whether it may come without labels.</param>
    /// <param name="place">Where it is.</param>
    /// <param name="findings">Takes what is found.</param>
    public static void CheckClassifier(ModelDescription description, ClassLabels labels, bool mayBeEmpty, Place place, FindingList findings)
    {
        if (!mayBeEmpty && labels.Count == 0)
        {
            findings.Add(ValidationRule.ClassLabels, place.Of("classLabels"), labels.IsSet ? "the list of class labels is empty." : "there are no class labels.");
        }

        if (description.PredictedFeatureName.Length == 0)
        {
            findings.Add(ValidationRule.InvalidDescription, place.Of("description"), "a classifier needs 'predictedFeatureName'.");
        }
        else
        {
            FeatureCase expected = labels.AreNumbers ? FeatureCase.Int64Type : FeatureCase.StringType;
            CheckOutput(description, description.PredictedFeatureName, place, findings, labels.AreNumbers ? "an Int64, as the labels are" : "a String, as the labels are", expected);
        }

        if (description.PredictedProbabilitiesName.Length > 0)
        {
            CheckOutput(description, description.PredictedProbabilitiesName, place, findings, "a dictionary or an array", FeatureCase.DictionaryType, FeatureCase.MultiArrayType);
        }
    }

    private static void CheckRegressor(ModelDescription description, Place place, FindingList findings)
    {
        if (description.PredictedFeatureName.Length == 0)
        {
            findings.Add(ValidationRule.InvalidDescription, place.Of("description"), "a regressor needs 'predictedFeatureName'.");
            return;
        }

        CheckOutput(description, description.PredictedFeatureName, place, findings, "a Double or an array", FeatureCase.DoubleType, FeatureCase.MultiArrayType);
    }

    private static void CheckOutput(
        ModelDescription description, string name, Place place, FindingList findings, string expected, params FeatureCase[] types)
    {
        if (description.Output.FirstOrDefault(output => output.Name == name) is not { } output)
        {
            findings.Add(ValidationRule.InvalidDescription, place.Of("output", name), $"the predicted feature is not among the outputs{SuggestionOf(description, name)}");
        }
        else if (!types.Contains(output.Type?.TypeCase ?? FeatureCase.None))
        {
            findings.Add(ValidationRule.FeatureType, place.Of("output", name), $"the predicted feature is {expected}.");
        }
    }

    // Nothing asks for the names here, and whoever wrote them meant something.
    private static void WarnOfUnknown(ModelDescription description, Place place, FindingList findings)
    {
        string[] names = description.Functions.Count > 0 ? [] : [description.PredictedFeatureName, description.PredictedProbabilitiesName];
        foreach (string name in names.Where(name => name.Length > 0 && description.Output.All(output => output.Name != name)))
        {
            findings.Add(ValidationRule.UnknownPrediction, place.Of("output", name), $"the predicted feature is not among the outputs{SuggestionOf(description, name)}");
        }
    }

    private static string SuggestionOf(ModelDescription description, string name) => Suggestion.For(name, description.Output.Select(output => output.Name));

    private static ClassLabels LabelsOf(NeuralNetworkClassifier classifier, DetailReader reader) => classifier.ClassLabelsCase switch
    {
        LabelsCase.StringClassLabels => new ClassLabels(true, false, reader.LengthOf(classifier.StringClassLabels) > 0 ? 1 : 0),
        LabelsCase.Int64ClassLabels => new ClassLabels(true, true, reader.LengthOf(classifier.Int64ClassLabels) > 0 ? 1 : 0),
        _ => new ClassLabels(false, false, 0),
    };
}
