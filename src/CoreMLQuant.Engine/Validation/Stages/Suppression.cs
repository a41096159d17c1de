using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;
using FeatureCase = CoreMLQuant.Specification.Schema.FeatureType.TypeOneofCase;
using Flexibility = CoreMLQuant.Specification.Schema.ArrayFeatureType.ShapeFlexibilityOneofCase;

namespace CoreMLQuant.Validation.Stages;

/// <summary>Rules for suppressing boxes that overlap, the last stage of detectors.</summary>
internal static class Suppression
{
    private const int Float32Version = 5;

    /// <summary>Checks a suppression.</summary>
    public static void Check(StageContext stage)
    {
        if (stage.Read(stage.Stage.Model.NonMaximumSuppression, SuppressionDetails.Parser) is not { } model)
        {
            return;
        }

        IReadOnlyList<FeatureDescription> inputs = stage.Description.Input, outputs = stage.Description.Output;
        stage.Named("confidenceInputFeatureName", model.ConfidenceInputFeatureName, inputs, FeatureCase.MultiArrayType);
        stage.Named("coordinatesInputFeatureName", model.CoordinatesInputFeatureName, inputs, FeatureCase.MultiArrayType);
        stage.Named("confidenceOutputFeatureName", model.ConfidenceOutputFeatureName, outputs, FeatureCase.MultiArrayType);
        stage.Named("coordinatesOutputFeatureName", model.CoordinatesOutputFeatureName, outputs, FeatureCase.MultiArrayType);
        foreach ((string parameter, string name) in new[]
        {
            ("iouThresholdInputFeatureName", model.IouThresholdInputFeatureName),
            ("confidenceThresholdInputFeatureName", model.ConfidenceThresholdInputFeatureName),
        })
        {
            if (inputs.Any(input => input.Name == name))
            {
                stage.Named(parameter, name, inputs, FeatureCase.DoubleType);
            }
        }

        Unused("input", inputs, model.ConfidenceInputFeatureName, model.CoordinatesInputFeatureName, model.IouThresholdInputFeatureName, model.ConfidenceThresholdInputFeatureName);
        Unused("output", outputs, model.ConfidenceOutputFeatureName, model.CoordinatesOutputFeatureName);
        stage.Require(
            (model.IouThreshold >= 0 && model.IouThreshold <= 1, "'iouThreshold' is a share, from 0 to 1."),
            (model.ConfidenceThreshold >= 0, "'confidenceThreshold' is negative."));
        CheckArrays(stage, model);

        void Unused(string kind, IReadOnlyList<FeatureDescription> features, params string[] names)
        {
            foreach (FeatureDescription feature in features.Where(feature => !names.Contains(feature.Name)))
            {
                stage.BadFeature(kind, feature.Name, "no parameter of the model names the feature.");
            }
        }
    }

    private static void CheckArrays(StageContext stage, SuppressionDetails model)
    {
        ArrayFeatureType? confidence = Find(stage.Description.Output, model.ConfidenceOutputFeatureName), coordinates = Find(stage.Description.Output, model.CoordinatesOutputFeatureName);
        ArrayDataType[] types = new[] { Find(stage.Description.Input, model.ConfidenceInputFeatureName), Find(stage.Description.Input, model.CoordinatesInputFeatureName), confidence, coordinates }
            .Select(array => array?.DataType ?? ArrayDataType.InvalidArrayDataType)
            .Distinct()
            .ToArray();
        bool takesFloat32 = stage.Stage.Model.SpecificationVersion >= Float32Version;
        stage.Require((
            types.Length == 1 && (types[0] == ArrayDataType.Double || (takesFloat32 && types[0] == ArrayDataType.Float32)),
            $"confidences and coordinates have one type of elements, before and after: Double{(takesFloat32 ? " or Float32" : $", or from specification version {Float32Version} on Float32")}."));
        if (confidence is not null && coordinates is not null)
        {
            CheckShapes(stage, confidence, coordinates, model.StringClassLabels?.Vector.Count ?? model.Int64ClassLabels?.Vector.Count ?? 0);
        }
    }

    // Boxes by classes, and boxes by four; given as shapes or as ranges, or not at all.
    private static void CheckShapes(StageContext stage, ArrayFeatureType confidence, ArrayFeatureType coordinates, int labels)
    {
        int rank = confidence.Shape.Count;
        int flexibleRank = confidence.ShapeFlexibilityCase switch
        {
            Flexibility.EnumeratedShapes => confidence.EnumeratedShapes.Shapes.FirstOrDefault()?.Shape_.Count ?? 0,
            Flexibility.ShapeRange => confidence.ShapeRange.SizeRanges.Count,
            _ => 0,
        };
        bool isFixed = (rank, flexibleRank) == (2, 0), isRange = (rank, flexibleRank) == (0, 2);
        stage.Require(
            (isFixed || isRange || (rank, flexibleRank) == (0, 0), "the confidences have two dimensions, as a shape or as a range."),
            (!isFixed || coordinates.Shape.FirstOrDefault() == confidence.Shape[0], "confidences and coordinates are for different numbers of boxes."),
            (!isRange || (confidence.ShapeFlexibilityCase == Flexibility.ShapeRange && coordinates.ShapeFlexibilityCase == Flexibility.ShapeRange), "confidences and coordinates are both described by ranges, or both by shapes."),
            (!isFixed || labels == 0 || confidence.Shape[1] == labels, $"the confidences are for another number of classes than there are labels ({labels})."),
            (!isRange || labels == 0 || confidence.ShapeFlexibilityCase != Flexibility.ShapeRange || Interfaces.SizeRanges.IsWithin(labels, confidence.ShapeRange.SizeRanges[1]), $"the confidences are for another number of classes than there are labels ({labels})."));
    }

    private static ArrayFeatureType? Find(IEnumerable<FeatureDescription> features, string name) => features.FirstOrDefault(feature => feature.Name == name)?.Type?.MultiArrayType;
}
