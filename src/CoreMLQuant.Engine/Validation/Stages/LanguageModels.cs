using CoreMLQuant.Specification.Schema.Details;
using Google.Protobuf;
using FeatureCase = CoreMLQuant.Specification.Schema.FeatureType.TypeOneofCase;

namespace CoreMLQuant.Validation.Stages;

/// <summary>Rules for models of language whose data only Core ML reads.</summary>
internal static class LanguageModels
{
    private const int DataField = 100;

    /// <summary>Checks a classifier of texts.</summary>
    public static void CheckTextClassifier(StageContext stage) =>
        Check(stage, stage.Stage.Model.TextClassifier, FeatureCase.StringType, 1, needsLabels: true);

    /// <summary>Checks a gazetteer.</summary>
    public static void CheckGazetteer(StageContext stage) =>
        Check(stage, stage.Stage.Model.Gazetteer, FeatureCase.StringType, 2, needsLabels: true);

    /// <summary>Checks an embedding of words.</summary>
    public static void CheckEmbedding(StageContext stage) =>
        Check(stage, stage.Stage.Model.WordEmbedding, FeatureCase.MultiArrayType, 2, needsLabels: false);

    /// <summary>Checks what these models and taggers have in common.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="leastRevision">The oldest revision there is.</param>
    /// <param name="needsLabels">Whether it gives labels or tags.</param>
    public static LanguageModelDetails? CheckParameters(StageContext stage, ByteString parameters, int leastRevision, bool needsLabels)
    {
        if (stage.Read(parameters, LanguageModelDetails.Parser, isSparse: true) is not { } model)
        {
            return null;
        }

        stage.Require(
            (model.Revision >= leastRevision, $"the revision is {model.Revision}; it is at least {leastRevision}."),
            (!needsLabels || model.Labels is { Vector.Count: > 0 }, "there are no labels."),
            (stage.Reader.HasContent(parameters, DataField, stage.Place.Of("parameters")), "there is no data ('modelParameterData')."));
        return model;
    }

    private static void Check(StageContext stage, ByteString parameters, FeatureCase output, int leastRevision, bool needsLabels)
    {
        stage.Inputs(1, FeatureCase.StringType);
        stage.Outputs(1, output);
        CheckParameters(stage, parameters, leastRevision, needsLabels);
    }
}
