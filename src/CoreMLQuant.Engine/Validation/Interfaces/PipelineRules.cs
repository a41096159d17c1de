using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using ModelCase = CoreMLQuant.Specification.Schema.Model.TypeOneofCase;

namespace CoreMLQuant.Validation.Interfaces;

/// <summary>Stages of a pipeline hand values on by name; types must be the same on both sides. Source: Apple's validator of pipelines.</summary>
internal static class PipelineRules
{
    /// <summary>Checks a pipeline; a model that is none has nothing to check.</summary>
    public static void Check(PipelineStage stage, FindingList findings)
    {
        if (stage.Model.TypeCase is not (ModelCase.Pipeline or ModelCase.PipelineClassifier or ModelCase.PipelineRegressor))
        {
            return;
        }

        var place = new Place(stage.Name, string.Empty);
        Pipeline pipeline = PipelineStages.PipelineOf(stage.Model) ?? new Pipeline();
        CheckNames(pipeline, place, findings);
        CheckUpdatable(stage.Model, pipeline, place, findings);
        ModelDescription outer = stage.Model.Description ?? new ModelDescription();
        var known = new Dictionary<string, FeatureType>();
        Add(known, outer.Input);
        foreach (Model model in pipeline.Models)
        {
            foreach (FeatureDescription input in model.Description?.Input ?? [])
            {
                CheckHandedOn(known, input, place.Of("input", input.Name), findings);
            }

            Add(known, model.Description?.Output ?? []);
        }

        foreach (FeatureDescription output in outer.Output)
        {
            CheckHandedOn(known, output, place.Of("output", output.Name), findings);
        }
    }

    private static void CheckNames(Pipeline pipeline, Place place, FindingList findings)
    {
        if (pipeline.Models.Count == 0)
        {
            findings.Add(ValidationRule.InvalidPipeline, place.Of("pipeline"), "the pipeline has no stages.");
        }

        if (pipeline.Names.Count > 0 && (pipeline.Names.Count != pipeline.Models.Count || pipeline.Names.Distinct().Count() != pipeline.Names.Count))
        {
            findings.Add(ValidationRule.InvalidPipeline, place.Of("pipeline"), $"there are {pipeline.Names.Count} names, {pipeline.Names.Distinct().Count()} of them different, for {pipeline.Models.Count} stages.");
        }
    }

    // Only the last stage can be trained on a device.
    private static void CheckUpdatable(Model model, Pipeline pipeline, Place place, FindingList findings)
    {
        bool[] updatable = pipeline.Models.Select(stage => stage.IsUpdatable).ToArray();
        bool isRight = updatable.Length == 0 || (updatable[updatable.Length - 1] == model.IsUpdatable && !updatable.Take(updatable.Length - 1).Contains(true));
        if (!isRight)
        {
            findings.Add(ValidationRule.InvalidPipeline, place.Of("pipeline"), "the last stage, and no other, is updatable exactly when the pipeline is.");
        }
    }

    private static void CheckHandedOn(Dictionary<string, FeatureType> known, FeatureDescription feature, string location, FindingList findings)
    {
        if (!known.TryGetValue(feature.Name, out FeatureType? type))
        {
            findings.Add(ValidationRule.InvalidPipeline, location, $"neither the pipeline nor a stage before gives this value{Suggestion.For(feature.Name, known.Keys)}");
        }
        else if (!FeatureTypes.AreSame(type, feature.Type ?? new FeatureType()))
        {
            findings.Add(ValidationRule.InvalidPipeline, location, "the type is another than that of the value that is handed on.");
        }
    }

    private static void Add(Dictionary<string, FeatureType> known, IEnumerable<FeatureDescription> features)
    {
        foreach (FeatureDescription feature in features)
        {
            known[feature.Name] = feature.Type ?? new FeatureType();
        }
    }
}
