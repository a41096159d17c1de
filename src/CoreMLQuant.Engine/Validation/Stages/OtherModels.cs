using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Validation.Stages;

/// <summary>Rules for models that stand for others: the app's own, linked ones, and thresholds of confidence.</summary>
internal static class OtherModels
{
    /// <summary>Checks a custom model.</summary>
    public static void CheckCustom(StageContext stage)
    {
        if (stage.Read(stage.Stage.Model.CustomModel, CustomModelDetails.Parser) is { } model)
        {
            stage.Require(
                (model.ClassName.Length > 0, "'className' is not set; Core ML finds the implementation by it."),
                (model.Parameters.All(parameter => parameter.Key.Length > 0), "a parameter has no name."),
                (model.Parameters.All(parameter => parameter.Value is { ValueCase: not CustomValueDetails.ValueOneofCase.None }), "a parameter has no value."));
        }
    }

    /// <summary>Checks a linked model.</summary>
    public static void CheckLinked(StageContext stage)
    {
        if (stage.Read(stage.Stage.Model.LinkedModel, LinkedModelDetails.Parser) is { } model)
        {
            stage.Require((model.LinkedModelFile?.LinkedModelFileName?.DefaultValue is { Length: > 0 }, "the name of the linked file is not set."));
        }
    }

    /// <summary>Checks thresholds of confidence.</summary>
    public static void CheckConfidenceThresholding(StageContext stage)
    {
        if (stage.Read(stage.Stage.Model.ClassConfidenceThresholding, ConfidenceThresholdingDetails.Parser) is not { } model)
        {
            return;
        }

        stage.Require((model.PrecisionRecallCurves.Count > 0, "there are no precision-recall curves."));
        foreach (PrecisionRecallDetails curve in model.PrecisionRecallCurves)
        {
            IReadOnlyList<float> precision = Of(curve.PrecisionValues), recall = Of(curve.RecallValues);
            IReadOnlyList<float> precisionThresholds = Of(curve.PrecisionConfidenceThresholds), recallThresholds = Of(curve.RecallConfidenceThresholds);
            stage.Require(
                (precision.Count > 0 && precision.Count == precisionThresholds.Count, "a curve has no precisions, or another number of thresholds for them."),
                (recall.Count > 0 && recall.Count == recallThresholds.Count, "a curve has no recalls, or another number of thresholds for them."),
                (new[] { precision, precisionThresholds, recall, recallThresholds }.All(values => values.All(IsFigure)), "a curve holds a value that is negative or no number."));
        }
    }

    private static IReadOnlyList<float> Of(FloatVectorDetails? vector) => vector?.Vector ?? (IReadOnlyList<float>)[];

    private static bool IsFigure(float value) => value >= 0 && !float.IsInfinity(value);
}
