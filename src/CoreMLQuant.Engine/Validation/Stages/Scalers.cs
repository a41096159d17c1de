using System.Linq;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using FeatureCase = CoreMLQuant.Specification.Schema.FeatureType.TypeOneofCase;
using ImputedCase = CoreMLQuant.Specification.Schema.Details.ImputerDetails.ImputedValueOneofCase;
using ReplaceCase = CoreMLQuant.Specification.Schema.Details.ImputerDetails.ReplaceValueOneofCase;

namespace CoreMLQuant.Validation.Stages;

/// <summary>Rules for models that scale values, or fill in what is missing.</summary>
internal static class Scalers
{
    private static readonly (ImputedCase Imputed, FeatureCase[] Types, ReplaceCase Replaced)[] Imputations =
    [
        (ImputedCase.ImputedDoubleValue, [FeatureCase.DoubleType, FeatureCase.MultiArrayType], ReplaceCase.ReplaceDoubleValue),
        (ImputedCase.ImputedInt64Value, [FeatureCase.Int64Type], ReplaceCase.ReplaceInt64Value),
        (ImputedCase.ImputedStringValue, [FeatureCase.StringType], ReplaceCase.ReplaceStringValue),
        (ImputedCase.ImputedDoubleArray, [FeatureCase.MultiArrayType], ReplaceCase.ReplaceDoubleValue),
        (ImputedCase.ImputedInt64Array, [FeatureCase.MultiArrayType], ReplaceCase.ReplaceInt64Value),
        (ImputedCase.ImputedStringDictionary, [FeatureCase.DictionaryType], ReplaceCase.None),
        (ImputedCase.ImputedInt64Dictionary, [FeatureCase.DictionaryType], ReplaceCase.None),
    ];

    /// <summary>Checks an imputer.</summary>
    public static void CheckImputer(StageContext stage)
    {
        FeatureCase[] types = [FeatureCase.Int64Type, FeatureCase.DoubleType, FeatureCase.MultiArrayType, FeatureCase.StringType, FeatureCase.DictionaryType];
        stage.Inputs(1, types);
        stage.Outputs(1, types);
        if (Ends(stage) is not { } ends || stage.Read(stage.Stage.Model.Imputer, ImputerDetails.Parser) is not { } model)
        {
            return;
        }

        CheckSame(stage, ends, false);
        (ImputedCase imputed, FeatureCase[] taken, ReplaceCase replaced) = Imputations.FirstOrDefault(imputation => imputation.Imputed == model.ImputedValueCase);
        if (imputed == ImputedCase.None)
        {
            stage.Problem("there is no value to fill in.");
            return;
        }

        long length = model.ImputedDoubleArray?.Vector.Count ?? model.ImputedInt64Array?.Vector.Count ?? -1;
        stage.Require(
            (taken.Contains(StageContext.TypeOf(ends.Input)), "the value to fill in has another type than the input."),
            (model.ReplaceValueCase == ReplaceCase.None || model.ReplaceValueCase == replaced, "the value to replace has another type than the value to fill in."),
            (length < 0 || ends.Input.Type?.MultiArrayType?.Shape.FirstOrDefault() == length, $"there are {length} values to fill in; the input has another length."));
    }

    /// <summary>Checks a scaler.</summary>
    public static void CheckScaler(StageContext stage)
    {
        FeatureCase[] types = [FeatureCase.Int64Type, FeatureCase.DoubleType, FeatureCase.MultiArrayType];
        stage.Inputs(1, types);
        stage.Outputs(1, types);
        if (Ends(stage) is not { } ends || stage.Read(stage.Stage.Model.Scaler, ScalerDetails.Parser) is not { } model)
        {
            return;
        }

        CheckSame(stage, ends, true);
        long? length = ends.Input.Type?.MultiArrayType?.Shape.FirstOrDefault();
        stage.Require(
            (Fits(model.ShiftValue.Count), $"'shiftValue' has {model.ShiftValue.Count} entries; it has 1, or one for each value of an array, or none."),
            (Fits(model.ScaleValue.Count), $"'scaleValue' has {model.ScaleValue.Count} entries; it has 1, or one for each value of an array, or none."));

        bool Fits(int count) => count is 0 or 1 || count == length;
    }

    /// <summary>Checks a normalizer.</summary>
    public static void CheckNormalizer(StageContext stage)
    {
        stage.Inputs(1, FeatureCase.MultiArrayType);
        stage.Outputs(1, FeatureCase.MultiArrayType);
        if (stage.Read(stage.Stage.Model.Normalizer, NormalizerDetails.Parser) is { } model)
        {
            stage.Require((model.NormType is >= 0 and <= 2, "the norm is none that is known; it is the largest value, L1 or L2."));
        }
    }

    private static (FeatureDescription Input, FeatureDescription Output)? Ends(StageContext stage) =>
        stage.Description is { Input.Count: > 0, Output.Count: > 0 } description ? (description.Input[0], description.Output[0]) : null;

    // A number scaled may be one with digits behind the point.
    private static void CheckSame(StageContext stage, (FeatureDescription Input, FeatureDescription Output) ends, bool mayWiden)
    {
        FeatureCase input = StageContext.TypeOf(ends.Input), output = StageContext.TypeOf(ends.Output);
        if (input != output && !(mayWiden && input == FeatureCase.Int64Type && output == FeatureCase.DoubleType))
        {
            stage.BadFeature("output", ends.Output.Name, "the output has another type than the input.");
        }
        else if (input == FeatureCase.MultiArrayType
            && (ends.Input.Type.MultiArrayType.Shape.Count != 1 || !ends.Input.Type.MultiArrayType.Shape.SequenceEqual(ends.Output.Type.MultiArrayType.Shape)))
        {
            stage.BadFeature("input", ends.Input.Name, "arrays have one dimension here, and input and output have the same length.");
        }
    }
}
