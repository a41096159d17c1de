using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;

namespace CoreMLQuant.Models;

/// <summary>Inputs, outputs and states as a person reads them.</summary>
internal static class FeatureDescriber
{
    /// <summary>Describes features in their order.</summary>
    public static IReadOnlyList<ModelFeature> Describe(IEnumerable<FeatureDescription> features) => features
        .Select(feature => new ModelFeature(feature.Name, TypeOf(feature.Type), feature.ShortDescription, feature.Type?.IsOptional ?? false))
        .ToArray();

    private static string TypeOf(FeatureType? type) => type?.TypeCase switch
    {
        FeatureType.TypeOneofCase.Int64Type => "Int64",
        FeatureType.TypeOneofCase.DoubleType => "Double",
        FeatureType.TypeOneofCase.StringType => "String",
        FeatureType.TypeOneofCase.ImageType => Image(type.ImageType),
        FeatureType.TypeOneofCase.MultiArrayType => Array(type.MultiArrayType),
        FeatureType.TypeOneofCase.DictionaryType => type.DictionaryType.KeyTypeCase == DictionaryFeatureType.KeyTypeOneofCase.StringKeyType
            ? "Dictionary String -> Double"
            : "Dictionary Int64 -> Double",
        FeatureType.TypeOneofCase.SequenceType => type.SequenceType.TypeCase == SequenceFeatureType.TypeOneofCase.StringType
            ? "Sequence of String"
            : "Sequence of Int64",
        FeatureType.TypeOneofCase.StateType => "State " + Array(type.StateType.ArrayType ?? new ArrayFeatureType()),
        _ => "Unknown",
    };

    private static string Image(ImageFeatureType image) => string.Format(
        CultureInfo.InvariantCulture,
        "Image {0} {1}x{2}{3}",
        image.ColorSpace switch
        {
            ImageFeatureType.Types.ColorSpace.Grayscale => "Grayscale",
            ImageFeatureType.Types.ColorSpace.GrayscaleFloat16 => "Grayscale Float16",
            ImageFeatureType.Types.ColorSpace.Rgb => "RGB",
            ImageFeatureType.Types.ColorSpace.Bgr => "BGR",
            _ => "of unknown color space",
        },
        image.Width,
        image.Height,
        image.SizeFlexibilityCase == ImageFeatureType.SizeFlexibilityOneofCase.None ? string.Empty : " (flexible)");

    private static string Array(ArrayFeatureType array)
    {
        string element = array.DataType switch
        {
            ArrayDataType.Float32 => "Float32",
            ArrayDataType.Double => "Double",
            ArrayDataType.Int32 => "Int32",
            ArrayDataType.Int8 => "Int8",
            ArrayDataType.Float16 => "Float16",
            _ => "Array",
        };
        return $"{element} [{string.Join(", ", array.ShapeFlexibilityCase == ArrayFeatureType.ShapeFlexibilityOneofCase.ShapeRange
            ? array.ShapeRange.SizeRanges.Select(Range)
            : array.Shape.Select(dimension => dimension.ToString(CultureInfo.InvariantCulture)))}]"
            + (array.ShapeFlexibilityCase == ArrayFeatureType.ShapeFlexibilityOneofCase.EnumeratedShapes ? " (or other shapes)" : string.Empty);
    }

    private static string Range(SizeRange range) => range.UpperBound < 0
        ? range.LowerBound.ToString(CultureInfo.InvariantCulture) + ".."
        : (ulong)range.UpperBound == range.LowerBound
            ? range.LowerBound.ToString(CultureInfo.InvariantCulture)
            : string.Format(CultureInfo.InvariantCulture, "{0}..{1}", range.LowerBound, range.UpperBound);
}
