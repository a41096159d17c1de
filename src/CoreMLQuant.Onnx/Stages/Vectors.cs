using System;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Onnx.Stages;

/// <summary>Stages that change vectors. Source: the specification's Scaler, Normalizer, ArrayFeatureExtractor and FeatureVectorizer.</summary>
internal static class Vectors
{
    private const int Largest = 0, Sum = 1;

    /// <summary>(x + shift) * scale, each for all elements or for each its own.</summary>
    public static Action<StageFeatures> Scaler(StageContext stage)
    {
        ScalerDetails scaler = stage.Read(stage.Model.Scaler, ScalerDetails.Parser);
        double[] shifts = scaler.ShiftValue.ToArray(), scales = scaler.ScaleValue.ToArray();
        return features =>
        {
            double[] numbers = features.Numbers(stage.Input);
            if (!Fits(shifts, numbers) || !Fits(scales, numbers))
            {
                throw features.Unfit(stage.Input);
            }

            stage.Give(features, numbers.Select((number, i) => (number + At(shifts, i, 0)) * At(scales, i, 1)).ToArray());
        };

        static bool Fits(double[] values, double[] numbers) => values.Length <= 1 || values.Length == numbers.Length;

        static double At(double[] values, int index, double otherwise) => values.Length == 0 ? otherwise : values[values.Length == 1 ? 0 : index];
    }

    /// <summary>Divides by a norm; a vector of zeros stays one.</summary>
    public static Action<StageFeatures> Normalizer(StageContext stage)
    {
        int kind = stage.Read(stage.Model.Normalizer, NormalizerDetails.Parser).NormType;
        return features =>
        {
            double[] numbers = features.Numbers(stage.Input);
            double norm = kind switch
            {
                Largest => numbers.Select(Math.Abs).DefaultIfEmpty().Max(),
                Sum => numbers.Sum(Math.Abs),
                _ => Math.Sqrt(numbers.Sum(number => number * number)),
            };
            stage.Give(features, norm == 0 ? numbers : numbers.Select(number => number / norm).ToArray());
        };
    }

    /// <summary>Takes elements out.</summary>
    public static Action<StageFeatures> Extractor(StageContext stage)
    {
        ulong[] indices = stage.Read(stage.Model.ArrayFeatureExtractor, ArrayFeatureExtractorDetails.Parser).ExtractIndex.ToArray();
        return features =>
        {
            double[] numbers = features.Numbers(stage.Input);
            stage.Give(features, indices.Select(index => index < (ulong)numbers.Length ? numbers[(int)index] : throw features.Unfit(stage.Input)).ToArray());
        };
    }

    /// <summary>Puts features one behind the other.</summary>
    public static Action<StageFeatures> Vectorizer(StageContext stage)
    {
        InputColumnDetails[] columns = stage.Read(stage.Model.FeatureVectorizer, FeatureVectorizerDetails.Parser).InputList.ToArray();
        return features => stage.Give(features, columns.SelectMany(column =>
        {
            double[] numbers = features.Numbers(column.InputColumn, (int)Math.Min(column.InputDimensions, int.MaxValue));
            return (ulong)numbers.Length == column.InputDimensions || column.InputDimensions == 0 ? numbers : throw features.Unfit(column.InputColumn);
        }).ToArray());
    }
}
