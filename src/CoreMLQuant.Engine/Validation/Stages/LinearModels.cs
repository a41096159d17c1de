using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using CoreMLQuant.Validation.Interfaces;
using FeatureCase = CoreMLQuant.Specification.Schema.FeatureType.TypeOneofCase;
using LabelsCase = CoreMLQuant.Specification.Schema.Details.GlmClassifierDetails.ClassLabelsOneofCase;

namespace CoreMLQuant.Validation.Stages;

/// <summary>Rules for generalized linear models.</summary>
internal static class LinearModels
{
    private const int Logit = 0, Probit = 1, ReferenceClass = 0, OneVersusRest = 1;

    /// <summary>Checks a linear regressor.</summary>
    public static void CheckRegressor(StageContext stage)
    {
        stage.Inputs(null, FeatureCase.DoubleType, FeatureCase.MultiArrayType, FeatureCase.Int64Type);
        stage.Outputs(null, FeatureCase.DoubleType);
        if (stage.Read(stage.Stage.Model.GlmRegressor, GlmRegressorDetails.Parser) is { } model)
        {
            stage.Require(
                (model.Weights.Count == model.Offset.Count, $"there are {model.Weights.Count} lists of weights and {model.Offset.Count} offsets; there is one for each."),
                (AreOfOneLength(model.Weights), "the lists of weights have different lengths."));
        }
    }

    /// <summary>Checks a linear classifier.</summary>
    public static void CheckClassifier(StageContext stage)
    {
        stage.Inputs(null, FeatureCase.DoubleType, FeatureCase.Int64Type, FeatureCase.MultiArrayType);
        if (stage.Read(stage.Stage.Model.GlmClassifier, GlmClassifierDetails.Parser) is not { } model)
        {
            return;
        }

        int classes = model.StringClassLabels?.Vector.Count ?? model.Int64ClassLabels?.Vector.Count ?? 0, lists = model.Weights.Count;
        var labels = new ClassLabels(model.ClassLabelsCase != LabelsCase.None, model.ClassLabelsCase == LabelsCase.Int64ClassLabels, classes);
        PredictionRules.CheckClassifier(stage.Description, labels, false, stage.Place, stage.Findings);
        int expected = model.ClassEncoding == ReferenceClass ? classes - 1 : classes == 2 ? 1 : classes;
        stage.Require(
            (model.PostEvaluationTransform is Logit or Probit, "the post-evaluation transform is none that is known; it is logit or probit."),
            (model.ClassEncoding is ReferenceClass or OneVersusRest, "the encoding of classes is none that is known."),
            (lists > 0, "there are no weights."),
            (lists == model.Offset.Count, $"there are {lists} lists of weights and {model.Offset.Count} offsets; there is one for each."),
            (lists == expected, $"there are {lists} lists of weights; {classes} classes in this encoding have {expected}."),
            (classes <= 2 || model.PostEvaluationTransform != Probit, $"probit is for two classes; there are {classes}."),
            (lists == 0 || model.Weights[0].Value.Count > 0, "the lists of weights are empty."),
            (AreOfOneLength(model.Weights), "the lists of weights have different lengths."));
    }

    /// <summary>Checks a Bayesian probit regressor; only its inputs have rules.</summary>
    public static void CheckProbit(StageContext stage)
    {
        foreach (FeatureDescription input in stage.Description.Input.Where(input => input.Type?.MultiArrayType
            is not { DataType: ArrayFeatureType.Types.ArrayDataType.Int32, Shape.Count: 1 or 2 }))
        {
            stage.BadFeature("input", input.Name, "a model of this kind takes Int32 arrays of rank 1 or 2.");
        }
    }

    private static bool AreOfOneLength(IReadOnlyList<DoubleArrayDetails> lists) => lists.Select(list => list.Value.Count).Distinct().Count() < 2;
}
