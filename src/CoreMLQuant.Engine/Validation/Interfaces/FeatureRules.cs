using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;
using ColorSpace = CoreMLQuant.Specification.Schema.ImageFeatureType.Types.ColorSpace;

namespace CoreMLQuant.Validation.Interfaces;

/// <summary>Rules for one input, output or state. Source: Apple's validator of interfaces.</summary>
internal static class FeatureRules
{
    private const int FlexibleVersion = 3, DefaultValueVersion = 5, Float16Version = 7, StateVersion = 9, Int8Version = 10;

    /// <summary>Checks features of one kind.</summary>
    public static void Check(PipelineStage stage, Place place, FeatureKind kind, IReadOnlyList<FeatureDescription> features, FindingList findings)
    {
        var names = new HashSet<string>();
        foreach (FeatureDescription feature in features)
        {
            var check = new FeatureCheck(stage, place.Of(kind.ToString().ToLowerInvariant(), feature.Name), findings);
            if (feature.Name.Length == 0)
            {
                check.Invalid("the feature has no name.");
            }
            else if (!names.Add(feature.Name))
            {
                check.Invalid("the name stands twice.");
            }

            check.Type(kind, feature.Type ?? new FeatureType());
        }
    }

    /// <summary>The check of one feature.</summary>
    private readonly record struct FeatureCheck(PipelineStage Stage, string Location, FindingList Findings)
    {
        public void Invalid(string message) => Findings.Add(ValidationRule.InvalidFeature, Location, message);

        public void Type(FeatureKind kind, FeatureType type)
        {
            bool isState = type.TypeCase == FeatureType.TypeOneofCase.StateType;
            if (isState ? kind == FeatureKind.Output : kind == FeatureKind.State)
            {
                Invalid(isState ? "a state is no output." : "what is described as a state has no state's type.");
                return;
            }

            if (kind == FeatureKind.Output && type.IsOptional)
            {
                Invalid("outputs cannot be optional.");
            }

            switch (type.TypeCase)
            {
                case FeatureType.TypeOneofCase.None:
                    Invalid("the type is missing or not known.");
                    break;
                case FeatureType.TypeOneofCase.MultiArrayType:
                    Array(kind, type.MultiArrayType);
                    break;
                case FeatureType.TypeOneofCase.ImageType:
                    Image(type.ImageType);
                    break;
                case FeatureType.TypeOneofCase.StateType:
                    State(type);
                    break;
                case FeatureType.TypeOneofCase.DictionaryType when type.DictionaryType.KeyTypeCase == DictionaryFeatureType.KeyTypeOneofCase.None:
                    Invalid("the dictionary's type of keys is missing.");
                    break;
                case FeatureType.TypeOneofCase.SequenceType:
                    Need(FlexibleVersion, "a sequence");
                    break;
            }
        }

        private void Array(FeatureKind kind, ArrayFeatureType array)
        {
            switch (array.DataType)
            {
                case ArrayDataType.Float32 or ArrayDataType.Double or ArrayDataType.Int32:
                    break;
                case ArrayDataType.Float16:
                    Need(Float16Version, "a Float16 array");
                    break;
                case ArrayDataType.Int8:
                    Need(Int8Version, "an Int8 array");
                    break;
                default:
                    Invalid("the array's type of elements is missing or not known.");
                    break;
            }

            bool isFlexible = array.ShapeFlexibilityCase != ArrayFeatureType.ShapeFlexibilityOneofCase.None;
            if (isFlexible)
            {
                Need(FlexibleVersion, "a flexible shape");
                FlexibleShape(array);
            }
            else if (kind == FeatureKind.Input && array.Shape.Count == 0)
            {
                Invalid("the array has no shape.");
            }

            if (array.Shape.Any(dimension => dimension < 0))
            {
                Invalid($"the shape [{string.Join(", ", array.Shape)}] has a negative dimension.");
            }

            DefaultValue(array);
        }

        private void DefaultValue(ArrayFeatureType array)
        {
            bool fits = array.DefaultOptionalValueCase switch
            {
                ArrayFeatureType.DefaultOptionalValueOneofCase.IntDefaultValue => array.DataType is ArrayDataType.Int32 or ArrayDataType.Int8,
                ArrayFeatureType.DefaultOptionalValueOneofCase.FloatDefaultValue => array.DataType is ArrayDataType.Float32 or ArrayDataType.Float16,
                ArrayFeatureType.DefaultOptionalValueOneofCase.DoubleDefaultValue => array.DataType == ArrayDataType.Double,
                _ => true,
            };
            if (!fits)
            {
                Invalid("the default value has another type than the array.");
            }

            if (array.DefaultOptionalValueCase != ArrayFeatureType.DefaultOptionalValueOneofCase.None)
            {
                Need(DefaultValueVersion, "a default value");
            }
        }

        private void FlexibleShape(ArrayFeatureType array)
        {
            IReadOnlyList<long> shape = array.Shape;
            if (array.ShapeFlexibilityCase == ArrayFeatureType.ShapeFlexibilityOneofCase.EnumeratedShapes)
            {
                IReadOnlyList<ArrayFeatureType.Types.Shape> shapes = array.EnumeratedShapes.Shapes;
                if (shapes.Count == 0 || shapes.Any(one => one.Shape_.Count == 0))
                {
                    Invalid("the list of shapes is empty, or a shape in it is.");
                }
                else if (shape.Count > 0 && !shapes.Any(one => one.Shape_.SequenceEqual(shape)))
                {
                    Invalid($"the default shape [{string.Join(", ", shape)}] is not among the listed ones.");
                }

                return;
            }

            IReadOnlyList<SizeRange> ranges = array.ShapeRange.SizeRanges;
            if (ranges.Any(range => range.UpperBound > 0 && range.LowerBound > (ulong)range.UpperBound))
            {
                Invalid("a range of sizes ends before it begins.");
            }
            else if (shape.Count > 0 && (shape.Count != ranges.Count || !shape.Zip(ranges, IsWithin).All(isWithin => isWithin)))
            {
                Invalid($"the default shape [{string.Join(", ", shape)}] is not within the ranges.");
            }
        }

        private static bool IsWithin(long size, SizeRange range) =>
            size >= 0 && (ulong)size >= range.LowerBound && (range.UpperBound < 0 || size <= range.UpperBound);

        private void Image(ImageFeatureType image)
        {
            if (image.ColorSpace == ColorSpace.GrayscaleFloat16)
            {
                Need(Float16Version, "a Float16 image");
            }
            else if (image.ColorSpace is not (ColorSpace.Grayscale or ColorSpace.Rgb or ColorSpace.Bgr))
            {
                Invalid("the image's color space is missing or not known.");
            }

            if (image.SizeFlexibilityCase != ImageFeatureType.SizeFlexibilityOneofCase.None)
            {
                Need(FlexibleVersion, "a flexible size");
            }
            else if (image.Width <= 0 || image.Height <= 0)
            {
                Invalid($"the image is {image.Width} by {image.Height}.");
            }
        }

        private void State(FeatureType type)
        {
            Need(StateVersion, "a state");
            ArrayFeatureType array = type.StateType.ArrayType ?? new ArrayFeatureType();
            if (type.IsOptional
                || array.Shape.Count == 0
                || array.Shape.Any(dimension => dimension < 0)
                || array.DataType is not (ArrayDataType.Float16 or ArrayDataType.Int8)
                || array.ShapeFlexibilityCase != ArrayFeatureType.ShapeFlexibilityOneofCase.None
                || array.DefaultOptionalValueCase != ArrayFeatureType.DefaultOptionalValueOneofCase.None)
            {
                Invalid("a state is a Float16 or Int8 array of fixed shape, without a default and not optional.");
            }
        }

        private void Need(int version, string what) => VersionRules.Need(Stage, version, Location, what, Findings);
    }
}
