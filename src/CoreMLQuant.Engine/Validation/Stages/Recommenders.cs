using System;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;
using FeatureCase = CoreMLQuant.Specification.Schema.FeatureType.TypeOneofCase;

namespace CoreMLQuant.Validation.Stages;

/// <summary>Rules for recommenders by similarity of items.</summary>
internal static class Recommenders
{
    /// <summary>Checks a recommender.</summary>
    public static void Check(StageContext stage)
    {
        if (stage.Read(stage.Stage.Model.ItemSimilarityRecommender, RecommenderDetails.Parser) is not { } model)
        {
            return;
        }

        CheckItems(stage, model);
        CheckFeatures(stage, model);
    }

    private static void CheckItems(StageContext stage, RecommenderDetails model)
    {
        ulong highest = model.ItemItemSimilarities
            .SelectMany(items => items.SimilarItemList.Select(item => item.ItemId).Append(items.ItemId))
            .Aggregate(0UL, Math.Max);
        int texts = model.ItemStringIds?.Vector.Count ?? 0, numbers = model.ItemInt64Ids?.Vector.Count ?? 0;
        // Ids as texts are counted one more leniently than ids as numbers.
        stage.Require(
            (texts == 0 || numbers == 0, "the items have ids as texts and as numbers; they have one kind."),
            (numbers == 0 || (ulong)numbers > highest, $"there are {numbers} ids; the highest item is {highest}."),
            (texts == 0 || numbers > 0 || (ulong)texts >= highest, $"there are {texts} ids; the highest item is {highest}."),
            (numbers == 0 || model.ItemInt64Ids!.Vector.Distinct().Count() == numbers, "two items have the same id."),
            (texts == 0 || numbers > 0 || model.ItemStringIds!.Vector.Distinct().Count() == texts, "two items have the same id."));
    }

    private static void CheckFeatures(StageContext stage, RecommenderDetails model)
    {
        if (model.ItemInputFeatureName.Length > 0 || stage.Description.Input.Count == 1)
        {
            string name = model.ItemInputFeatureName.Length > 0 ? model.ItemInputFeatureName : stage.Description.Input[0].Name;
            stage.Named("itemInputFeatureName", name, stage.Description.Input, FeatureCase.DictionaryType, FeatureCase.SequenceType, FeatureCase.MultiArrayType);
        }
        else
        {
            stage.Problem("'itemInputFeatureName' is not set, and there is more than one input.");
        }

        Optional("numRecommendationsInputFeatureName", model.NumRecommendationsInputFeatureName, true, FeatureCase.Int64Type);
        Optional("itemExclusionInputFeatureName", model.ItemExclusionInputFeatureName, true, FeatureCase.SequenceType, FeatureCase.MultiArrayType);
        Optional("itemRestrictionInputFeatureName", model.ItemRestrictionInputFeatureName, true, FeatureCase.SequenceType, FeatureCase.MultiArrayType);
        Optional("recommendedItemScoreOutputFeatureName", model.RecommendedItemScoreOutputFeatureName, false, FeatureCase.DictionaryType);
        Optional("recommendedItemListOutputFeatureName", model.RecommendedItemListOutputFeatureName, false, FeatureCase.SequenceType);
        if (model.RecommendedItemScoreOutputFeatureName.Length + model.RecommendedItemListOutputFeatureName.Length == 0)
        {
            stage.Problem("no output is named; there is a list of items, or their scores.");
        }

        void Optional(string parameter, string name, bool isInput, params FeatureCase[] types)
        {
            if (name.Length > 0)
            {
                stage.Named(parameter, name, isInput ? stage.Description.Input : stage.Description.Output, types);
            }
        }
    }
}
