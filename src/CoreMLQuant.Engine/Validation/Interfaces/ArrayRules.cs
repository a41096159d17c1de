using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;
using Default = CoreMLQuant.Specification.Schema.ArrayFeatureType.DefaultOptionalValueOneofCase;
using Flexibility = CoreMLQuant.Specification.Schema.ArrayFeatureType.ShapeFlexibilityOneofCase;

namespace CoreMLQuant.Validation.Interfaces;

/// <summary>Rules for arrays, and for states, which are arrays. Source: Apple's validator of interfaces.</summary>
internal static class ArrayRules
{
    private const int Float16Version = 7, StateVersion = 9, Int8Version = 10;

    /// <summary>Checks an array.</summary>
    public static void Check(FeatureCheck check, FeatureKind kind, ArrayFeatureType array)
    {
        CheckType(check, array);
        bool isFlexible = array.ShapeFlexibilityCase != Flexibility.None;
        if (isFlexible && check.IsFlexible)
        {
            CheckFlexibility(check, array);
        }
        else if (kind == FeatureKind.Input && array.Shape.Count == 0)
        {
            check.Invalid("the array has no shape.");
        }
        else if (isFlexible)
        {
            check.WarnOfFlexibility("a flexible shape");
        }

        if (array.Shape.Any(dimension => dimension < 0))
        {
            check.Invalid($"the shape {Text(array.Shape)} has a negative dimension.");
        }

        CheckDefault(check, array);
    }

    /// <summary>Checks a state.</summary>
    public static void CheckState(FeatureCheck check, FeatureType type)
    {
        check.Need(StateVersion, "a state");
        ArrayFeatureType array = type.StateType.ArrayType ?? new ArrayFeatureType();
        if (type.IsOptional
            || array.Shape.Count == 0
            || array.Shape.Any(dimension => dimension < 0)
            || array.DataType is not (ArrayDataType.Float16 or ArrayDataType.Int8)
            || array.ShapeFlexibilityCase != Flexibility.None
            || array.DefaultOptionalValueCase != Default.None)
        {
            check.Invalid("a state is a Float16 or Int8 array of fixed shape, without a default and not optional.");
        }
    }

    private static void CheckType(FeatureCheck check, ArrayFeatureType array)
    {
        switch (array.DataType)
        {
            case ArrayDataType.Float32 or ArrayDataType.Double or ArrayDataType.Int32:
                break;
            case ArrayDataType.Float16:
                check.Need(Float16Version, "a Float16 array");
                break;
            case ArrayDataType.Int8:
                check.Need(Int8Version, "an Int8 array");
                break;
            default:
                check.Invalid("the array's type of elements is missing or not known.");
                break;
        }
    }

    private static void CheckDefault(FeatureCheck check, ArrayFeatureType array)
    {
        bool fits = array.DefaultOptionalValueCase switch
        {
            Default.IntDefaultValue => array.DataType == ArrayDataType.Int32
                || (array.DataType == ArrayDataType.Int8 && array.IntDefaultValue is >= sbyte.MinValue and <= sbyte.MaxValue),
            Default.FloatDefaultValue => array.DataType is ArrayDataType.Float32 or ArrayDataType.Float16,
            Default.DoubleDefaultValue => array.DataType == ArrayDataType.Double,
            _ => true,
        };
        if (!fits)
        {
            check.Invalid("the default value has another type than the array, or does not fit into it.");
        }
    }

    private static void CheckFlexibility(FeatureCheck check, ArrayFeatureType array)
    {
        IReadOnlyList<long> shape = array.Shape;
        if (array.ShapeFlexibilityCase == Flexibility.EnumeratedShapes)
        {
            IReadOnlyList<ArrayFeatureType.Types.Shape> shapes = array.EnumeratedShapes.Shapes;
            if (shapes.Count == 0 || shapes.Any(one => one.Shape_.Count == 0))
            {
                check.Invalid("the list of shapes is empty, or a shape in it is.");
            }
            else if (shape.Count > 0 && !shapes.Any(one => one.Shape_.SequenceEqual(shape)))
            {
                check.Invalid($"the default shape {Text(shape)} is not among the listed ones.");
            }

            return;
        }

        IReadOnlyList<SizeRange> ranges = array.ShapeRange.SizeRanges;
        if (!ranges.All(SizeRanges.IsOrdered))
        {
            check.Invalid("a range of sizes ends before it begins.");
        }
        else if (shape.Count > 0 && (shape.Count != ranges.Count || !shape.Zip(ranges, SizeRanges.IsWithin).All(isWithin => isWithin)))
        {
            check.Invalid($"the default shape {Text(shape)} is not within the ranges.");
        }
    }

    private static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
