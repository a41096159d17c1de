using System.Linq;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using FeatureCase = CoreMLQuant.Specification.Schema.FeatureType.TypeOneofCase;
using SequenceCase = CoreMLQuant.Specification.Schema.SequenceFeatureType.TypeOneofCase;

namespace CoreMLQuant.Validation.Stages;

/// <summary>Rules for taggers of words: which outputs there are, and what they hold.</summary>
internal static class WordTaggers
{
    /// <summary>Checks a tagger.</summary>
    public static void Check(StageContext stage)
    {
        stage.Inputs(1, FeatureCase.StringType);
        stage.Outputs(null, FeatureCase.SequenceType);
        if (LanguageModels.CheckParameters(stage, stage.Stage.Model.WordTagger, 1, needsLabels: true) is not { } model)
        {
            return;
        }

        (string Parameter, string Name, SequenceCase Entries)[] outputs =
        [
            ("tokenTagsOutputFeatureName", model.TokenTagsOutputFeatureName, SequenceCase.StringType),
            ("tokensOutputFeatureName", model.TokensOutputFeatureName, SequenceCase.StringType),
            ("tokenLocationsOutputFeatureName", model.TokenLocationsOutputFeatureName, SequenceCase.Int64Type),
            ("tokenLengthsOutputFeatureName", model.TokenLengthsOutputFeatureName, SequenceCase.Int64Type),
        ];
        int named = outputs.Count(output => output.Name.Length > 0);
        stage.Require((stage.Description.Output.Count == named, $"there are {stage.Description.Output.Count} outputs; the parameters name {named}."));
        stage.Named(outputs[0].Parameter, outputs[0].Name, stage.Description.Output, FeatureCase.SequenceType);
        foreach (FeatureDescription output in stage.Description.Output)
        {
            (string parameter, _, SequenceCase entries) = outputs.LastOrDefault(candidate => candidate.Name == output.Name);
            if (parameter is null)
            {
                stage.BadFeature("output", output.Name, $"no parameter of the model names the output{Suggestion.For(output.Name, outputs.Select(candidate => candidate.Name))}");
            }
            else if (output.Type?.SequenceType?.TypeCase != entries)
            {
                stage.BadFeature("output", output.Name, $"the entries are {(entries == SequenceCase.StringType ? "texts" : "numbers")}.");
            }
        }
    }
}
