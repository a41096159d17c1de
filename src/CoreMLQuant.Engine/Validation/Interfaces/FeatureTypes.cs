using System.Linq;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Validation.Interfaces;

/// <summary>Types of features side by side. Source: Apple's validator of pipelines.</summary>
internal static class FeatureTypes
{
    /// <summary>Whether a value can be handed on. A flexible shape may take what a fixed one gives; whether a value may be missing is not part of its type.</summary>
    public static bool AreSame(FeatureType given, FeatureType taken) => given.TypeCase == taken.TypeCase && given.TypeCase switch
    {
        FeatureType.TypeOneofCase.MultiArrayType => IsSame(given.MultiArrayType, taken.MultiArrayType),
        FeatureType.TypeOneofCase.StateType => IsSame(given.StateType.ArrayType ?? new ArrayFeatureType(), taken.StateType.ArrayType ?? new ArrayFeatureType()),
        FeatureType.TypeOneofCase.DictionaryType => given.DictionaryType.KeyTypeCase == taken.DictionaryType.KeyTypeCase,
        FeatureType.TypeOneofCase.SequenceType => given.SequenceType.TypeCase == taken.SequenceType.TypeCase,
        FeatureType.TypeOneofCase.ImageType => (given.ImageType.Width, given.ImageType.Height, given.ImageType.ColorSpace)
            == (taken.ImageType.Width, taken.ImageType.Height, taken.ImageType.ColorSpace),
        _ => true,
    };

    private static bool IsSame(ArrayFeatureType given, ArrayFeatureType taken)
    {
        bool isFixed = given.ShapeFlexibilityCase == ArrayFeatureType.ShapeFlexibilityOneofCase.None
            && taken.ShapeFlexibilityCase == ArrayFeatureType.ShapeFlexibilityOneofCase.None;
        return given.DataType == taken.DataType && RankOf(given) == RankOf(taken) && (!isFixed || given.Shape.SequenceEqual(taken.Shape));
    }

    private static int RankOf(ArrayFeatureType array) => array.ShapeFlexibilityCase switch
    {
        ArrayFeatureType.ShapeFlexibilityOneofCase.EnumeratedShapes => array.EnumeratedShapes.Shapes.FirstOrDefault()?.Shape_.Count ?? 0,
        ArrayFeatureType.ShapeFlexibilityOneofCase.ShapeRange => array.ShapeRange.SizeRanges.Count,
        _ => array.Shape.Count,
    };
}
