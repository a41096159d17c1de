using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Onnx.Stages;

/// <summary>Stages that turn categories into numbers, and fill in what is missing.</summary>
internal static class Encoders
{
    private const int UnknownIsError = 0;

    /// <summary>1 at the place of the category.</summary>
    public static Action<StageFeatures> OneHot(StageContext stage)
    {
        OneHotEncoderDetails encoder = stage.Read(stage.Model.OneHotEncoder, OneHotEncoderDetails.Parser);
        string[] categories = StageContext.Labels(encoder.StringCategories, encoder.Int64Categories);
        return features =>
        {
            string category = features.Category(stage.Input);
            int index = Array.IndexOf(categories, category);
            if (index < 0 && encoder.HandleUnknown == UnknownIsError)
            {
                throw new StageException($"'{category}' is none of the {categories.Length} categories that the feature '{stage.Input}' has.");
            }

            if (encoder.OutputSparse)
            {
                features.Add(stage.Output.Name, index < 0 ? new Dictionary<string, double>() : new Dictionary<string, double> { [Text(index)] = 1 });
            }
            else
            {
                stage.Give(features, categories.Select((_, i) => i == index ? 1.0 : 0).ToArray());
            }
        };
    }

    /// <summary>The numbers of a dictionary at the places of their keys; keys without a place are left out.</summary>
    public static Action<StageFeatures> Dictionary(StageContext stage)
    {
        DictVectorizerDetails vectorizer = stage.Read(stage.Model.DictVectorizer, DictVectorizerDetails.Parser);
        string[] keys = StageContext.Labels(vectorizer.StringToIndex, vectorizer.Int64ToIndex);
        return features =>
        {
            IReadOnlyDictionary<string, double> given = features[stage.Input] as IReadOnlyDictionary<string, double> ?? throw features.Unfit(stage.Input);
            stage.Give(features, keys.Select(key => given.TryGetValue(key, out double number) ? number : 0).ToArray());
        };
    }

    /// <summary>Another category for each.</summary>
    public static Action<StageFeatures> Mapping(StageContext stage)
    {
        CategoricalMappingDetails mapping = stage.Read(stage.Model.CategoricalMapping, CategoricalMappingDetails.Parser);
        Dictionary<string, object> targets = mapping.MappingTypeCase == CategoricalMappingDetails.MappingTypeOneofCase.StringToInt64Map
            ? mapping.StringToInt64Map.Map.ToDictionary(pair => pair.Key, pair => (object)pair.Value)
            : mapping.Int64ToStringMap?.Map.ToDictionary(pair => pair.Key.ToString(CultureInfo.InvariantCulture), pair => (object)pair.Value)
                ?? throw new NotTranslatableException("it has no mapping.");
        object? otherwise = mapping.ValueOnUnknownCase switch
        {
            CategoricalMappingDetails.ValueOnUnknownOneofCase.StrValue => mapping.StrValue,
            CategoricalMappingDetails.ValueOnUnknownOneofCase.Int64Value => mapping.Int64Value,
            _ => null,
        };
        return features =>
        {
            string category = features.Category(stage.Input);
            features.Add(stage.Output.Name, targets.TryGetValue(category, out object? target)
                ? target
                : otherwise ?? throw new StageException($"'{category}' of the feature '{stage.Input}' is not mapped to anything."));
        };
    }

    /// <summary>Fills in what is missing: NaN, or the value that stands for it.</summary>
    public static Action<StageFeatures> Imputer(StageContext stage)
    {
        ImputerDetails imputer = stage.Read(stage.Model.Imputer, ImputerDetails.Parser);
        if (imputer.ImputedValueCase == ImputerDetails.ImputedValueOneofCase.ImputedStringValue)
        {
            return features => features.Add(
                stage.Output.Name, features.Category(stage.Input) is var text && text == imputer.ReplaceStringValue ? imputer.ImputedStringValue : text);
        }

        double[] filled = imputer.ImputedValueCase switch
        {
            ImputerDetails.ImputedValueOneofCase.ImputedDoubleValue => [imputer.ImputedDoubleValue],
            ImputerDetails.ImputedValueOneofCase.ImputedInt64Value => [imputer.ImputedInt64Value],
            ImputerDetails.ImputedValueOneofCase.ImputedDoubleArray => imputer.ImputedDoubleArray.Vector.ToArray(),
            ImputerDetails.ImputedValueOneofCase.ImputedInt64Array => imputer.ImputedInt64Array.Vector.Select(number => (double)number).ToArray(),
            _ => throw new NotTranslatableException("dictionaries are not filled in."),
        };
        double missing = imputer.ReplaceValueCase switch
        {
            ImputerDetails.ReplaceValueOneofCase.ReplaceDoubleValue => imputer.ReplaceDoubleValue,
            ImputerDetails.ReplaceValueOneofCase.ReplaceInt64Value => imputer.ReplaceInt64Value,
            _ => double.NaN,
        };
        return features =>
        {
            double[] numbers = features.Numbers(stage.Input);
            if (filled.Length != 1 && filled.Length != numbers.Length)
            {
                throw features.Unfit(stage.Input);
            }

            stage.Give(features, numbers.Select((number, i) => number.Equals(missing) ? filled[filled.Length == 1 ? 0 : i] : number).ToArray());
        };
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
