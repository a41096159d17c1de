using System.Linq;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using FeatureCase = CoreMLQuant.Specification.Schema.FeatureType.TypeOneofCase;
using MappingCase = CoreMLQuant.Specification.Schema.Details.CategoricalMappingDetails.MappingTypeOneofCase;
using SequenceCase = CoreMLQuant.Specification.Schema.SequenceFeatureType.TypeOneofCase;
using UnknownCase = CoreMLQuant.Specification.Schema.Details.CategoricalMappingDetails.ValueOnUnknownOneofCase;

namespace CoreMLQuant.Validation.Stages;

/// <summary>Rules for models that turn values into others of another kind.</summary>
internal static class Encoders
{
    /// <summary>Checks a one-hot encoder.</summary>
    public static void CheckOneHot(StageContext stage)
    {
        stage.Inputs(1, FeatureCase.Int64Type, FeatureCase.StringType);
        if (stage.Read(stage.Stage.Model.OneHotEncoder, OneHotEncoderDetails.Parser) is { } model)
        {
            stage.Outputs(1, model.OutputSparse ? FeatureCase.DictionaryType : FeatureCase.MultiArrayType);
            stage.Require((model.CategoryTypeCase != OneHotEncoderDetails.CategoryTypeOneofCase.None, "the categories are not set; they are texts or numbers."));
        }
    }

    /// <summary>Checks a vectorizer of dictionaries.</summary>
    public static void CheckDictionary(StageContext stage)
    {
        stage.Inputs(1, FeatureCase.DictionaryType);
        stage.Outputs(1, FeatureCase.DictionaryType);
        if (stage.Read(stage.Stage.Model.DictVectorizer, DictVectorizerDetails.Parser) is { } model)
        {
            stage.Require((model.MapCase != DictVectorizerDetails.MapOneofCase.None, "the map is not set; its keys are texts or numbers."));
        }
    }

    /// <summary>Checks a mapping of categories, or of sequences of them.</summary>
    public static void CheckCategorical(StageContext stage)
    {
        if (stage.Read(stage.Stage.Model.CategoricalMapping, CategoricalMappingDetails.Parser) is not { } model)
        {
            return;
        }

        if (model.MappingTypeCase == MappingCase.None)
        {
            stage.Problem("the mapping is not set; it is from texts to numbers, or the other way.");
            return;
        }

        bool toNumber = model.MappingTypeCase == MappingCase.StringToInt64Map;
        stage.Inputs(1, toNumber ? FeatureCase.StringType : FeatureCase.Int64Type, FeatureCase.SequenceType);
        stage.Outputs(1, toNumber ? FeatureCase.Int64Type : FeatureCase.StringType, FeatureCase.SequenceType);
        stage.Require((model.ValueOnUnknownCase != (toNumber ? UnknownCase.StrValue : UnknownCase.Int64Value), "the value for what is unknown has another type than what is mapped to."));
        SequenceFeatureType? input = stage.Description.Input.FirstOrDefault()?.Type?.SequenceType, output = stage.Description.Output.FirstOrDefault()?.Type?.SequenceType;
        bool fits = input is null
            || (input.TypeCase == (toNumber ? SequenceCase.StringType : SequenceCase.Int64Type)
                && output?.TypeCase == (toNumber ? SequenceCase.Int64Type : SequenceCase.StringType));
        if (!fits)
        {
            stage.BadFeature("input", stage.Description.Input[0].Name, "the sequence, or the one that it is mapped to, has entries of another type than the mapping.");
        }
    }

    /// <summary>Checks a vectorizer of features.</summary>
    public static void CheckFeatures(StageContext stage)
    {
        stage.Inputs(null, FeatureCase.Int64Type, FeatureCase.DoubleType, FeatureCase.MultiArrayType, FeatureCase.DictionaryType);
        stage.Outputs(1, FeatureCase.MultiArrayType);
        if (stage.Read(stage.Stage.Model.FeatureVectorizer, FeatureVectorizerDetails.Parser) is { } model)
        {
            stage.Problems(model.InputList.Where(column => column.InputDimensions == 0).Select(column => $"the column '{column.InputColumn}' has no dimensions."));
        }
    }

    /// <summary>Checks an extractor of values from an array.</summary>
    public static void CheckExtractor(StageContext stage)
    {
        stage.Inputs(1, FeatureCase.MultiArrayType);
        stage.Outputs(1, FeatureCase.DoubleType, FeatureCase.Int64Type, FeatureCase.MultiArrayType);
        if (stage.Read(stage.Stage.Model.ArrayFeatureExtractor, ArrayFeatureExtractorDetails.Parser) is { } model
            && stage.Description.Output.FirstOrDefault() is { Type.TypeCase: FeatureCase.DoubleType })
        {
            stage.Require((model.ExtractIndex.Count == 1, $"there are {model.ExtractIndex.Count} indices; a Double takes one."));
        }
    }
}
