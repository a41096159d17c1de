using System;
using System.Collections.Generic;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using Kind = CoreMLQuant.Specification.Schema.Model.TypeOneofCase;

namespace CoreMLQuant.Onnx.Stages;

/// <summary>The kinds of stages that are plain arithmetic.</summary>
internal static class ComputedStages
{
    private static readonly Dictionary<Kind, Func<StageContext, Action<StageFeatures>>> ByKind = new()
    {
        [Kind.Identity] = _ => _ => { },
        [Kind.Scaler] = Vectors.Scaler,
        [Kind.Normalizer] = Vectors.Normalizer,
        [Kind.ArrayFeatureExtractor] = Vectors.Extractor,
        [Kind.FeatureVectorizer] = Vectors.Vectorizer,
        [Kind.OneHotEncoder] = Encoders.OneHot,
        [Kind.DictVectorizer] = Encoders.Dictionary,
        [Kind.CategoricalMapping] = Encoders.Mapping,
        [Kind.Imputer] = Encoders.Imputer,
        [Kind.GlmRegressor] = LinearModels.Regressor,
        [Kind.GlmClassifier] = LinearModels.Classifier,
        [Kind.TreeEnsembleRegressor] = TreeEnsembles.Regressor,
        [Kind.TreeEnsembleClassifier] = TreeEnsembles.Classifier,
        [Kind.SupportVectorRegressor] = SupportVectorMachines.Regressor,
        [Kind.SupportVectorClassifier] = SupportVectorMachines.Classifier,
        [Kind.NonMaximumSuppression] = BoxSuppression.Suppression,
    };

    /// <summary>Prepares a stage.</summary>
    /// <returns>The stage, or why there is none; neither for a kind that is translated to ONNX.</returns>
    /// <exception cref="Errors.CoreMLFormatException">Its parameters cannot be read.</exception>
    public static (ComputedStage? Stage, string? Refusal) Find(ModelFile file, Model stage)
    {
        if (!ByKind.TryGetValue(stage.TypeCase, out Func<StageContext, Action<StageFeatures>>? prepare))
        {
            return (null, null);
        }

        try
        {
            return (new ComputedStage(stage.TypeCase.ToString(), prepare(new StageContext(stage, new DetailReader(file.Payloads, file.Container.SpecificationPath)))), null);
        }
        catch (NotTranslatableException exception)
        {
            return (null, exception.Message);
        }
    }
}
