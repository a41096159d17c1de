using System;
using System.Collections.Generic;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.Validation.Findings;
using ModelCase = CoreMLQuant.Specification.Schema.Model.TypeOneofCase;

namespace CoreMLQuant.Validation.Stages;

/// <summary>The rules of models that are no network, no program and no pipeline. Source: Apple's validators, one for each kind.</summary>
internal static class StageRules
{
    private static readonly Dictionary<ModelCase, Action<StageContext>> Rules = new()
    {
        [ModelCase.GlmRegressor] = LinearModels.CheckRegressor,
        [ModelCase.GlmClassifier] = LinearModels.CheckClassifier,
        [ModelCase.SupportVectorRegressor] = SupportVectorMachines.CheckRegressor,
        [ModelCase.SupportVectorClassifier] = SupportVectorMachines.CheckClassifier,
        [ModelCase.TreeEnsembleRegressor] = TreeEnsembles.CheckRegressor,
        [ModelCase.TreeEnsembleClassifier] = TreeEnsembles.CheckClassifier,
        [ModelCase.BayesianProbitRegressor] = LinearModels.CheckProbit,
        [ModelCase.KNearestNeighborsClassifier] = NearestNeighbors.Check,
        [ModelCase.ItemSimilarityRecommender] = Recommenders.Check,
        [ModelCase.CustomModel] = OtherModels.CheckCustom,
        [ModelCase.LinkedModel] = OtherModels.CheckLinked,
        [ModelCase.ClassConfidenceThresholding] = OtherModels.CheckConfidenceThresholding,
        [ModelCase.OneHotEncoder] = Encoders.CheckOneHot,
        [ModelCase.DictVectorizer] = Encoders.CheckDictionary,
        [ModelCase.CategoricalMapping] = Encoders.CheckCategorical,
        [ModelCase.FeatureVectorizer] = Encoders.CheckFeatures,
        [ModelCase.ArrayFeatureExtractor] = Encoders.CheckExtractor,
        [ModelCase.Imputer] = Scalers.CheckImputer,
        [ModelCase.Scaler] = Scalers.CheckScaler,
        [ModelCase.Normalizer] = Scalers.CheckNormalizer,
        [ModelCase.NonMaximumSuppression] = Suppression.Check,
        [ModelCase.TextClassifier] = LanguageModels.CheckTextClassifier,
        [ModelCase.WordTagger] = WordTaggers.Check,
        [ModelCase.Gazetteer] = LanguageModels.CheckGazetteer,
        [ModelCase.WordEmbedding] = LanguageModels.CheckEmbedding,
        [ModelCase.VisionFeaturePrint] = FeaturePrints.CheckVision,
        [ModelCase.AudioFeaturePrint] = FeaturePrints.CheckAudio,
        [ModelCase.SoundAnalysisPreprocessing] = FeaturePrints.CheckSound,
    };

    /// <summary>Checks a stage; a kind without such rules has nothing to check.</summary>
    public static void Check(PipelineStage stage, DetailReader reader, FindingList findings)
    {
        if (stage.Model.TypeCase == ModelCase.None)
        {
            findings.Add(ValidationRule.UnknownModelType, new Place(stage.Name, string.Empty).Of("model"), "the model's kind is not set, or is none that is known.");
        }
        else if (Rules.TryGetValue(stage.Model.TypeCase, out Action<StageContext>? check))
        {
            check(new StageContext(stage, reader, findings));
        }
    }
}
