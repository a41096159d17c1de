using System;
using System.Collections.Generic;
using System.Globalization;
using CoreMLQuant.Elements;
using CoreMLQuant.Formatting;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Features;

/// <summary>Brings one value to the type and shape of its feature.</summary>
internal static class FeatureValues
{
    /// <summary>The value as the feature holds it.</summary>
    /// <exception cref="FeatureMismatchException">It does not fit.</exception>
    /// <exception cref="SampleDataException">An image cannot be read.</exception>
    public static object Bind(RunFeature feature, object value, ImageResize resize) => feature.Kind switch
    {
        FeatureKind.MultiArray => value is MultiArray array && IsNumeric(array) ? Shaped(feature, Typed(feature, array)) : throw Mismatch(value),
        FeatureKind.Image => ImageValues.Bind(feature.Image!, value, resize),
        FeatureKind.Int64 => Scalar(value) is { } number && number == Math.Floor(number) ? (long)number : throw Mismatch(value),
        FeatureKind.Double => Scalar(value) ?? throw Mismatch(value),
        FeatureKind.String => value switch
        {
            string text => text,
            MultiArray { Values: string[] { Length: 1 } texts } => texts[0],
            MultiArray { Values.Length: 1 } number => Convert.ToString(number.Values.GetValue(0), CultureInfo.InvariantCulture)!,
            _ => throw Mismatch(value),
        },
        FeatureKind.Dictionary => value is IReadOnlyDictionary<string, double> ? value : throw Mismatch(value),
        FeatureKind.Sequence => value is MultiArray { Shape.Length: <= 1 } ? value : throw Mismatch(value),
        _ => throw Mismatch(value),
    };

    /// <summary>What a value is, for errors.</summary>
    public static FeatureMismatchException Mismatch(object value) => new(value switch
    {
        ImageSource image => $"the image '{image.Path}'",
        string text => $"the text '{Figures.Short(text, 40)}'",
        MultiArray array => $"{array}",
        IReadOnlyDictionary<string, double> map => $"a dictionary of {map.Count.ToString(CultureInfo.InvariantCulture)} numbers",
        _ => $"a {value.GetType().Name}",
    });

    private static bool IsNumeric(MultiArray array) => array.Type is not (ElementType.String or ElementType.Unknown);

    private static double? Scalar(object value) => value is MultiArray { Values.Length: 1 } array && IsNumeric(array)
        ? ArrayConversion.ToDouble(array.Values)[0]
        : null;

    private static MultiArray Typed(RunFeature feature, MultiArray array)
    {
        try
        {
            return feature.ElementType switch
            {
                ElementType.Int32 => new MultiArray(ArrayConversion.ToInt32(array.Values), array.Shape),
                ElementType.Int8 => InRange(new MultiArray(ArrayConversion.ToInt32(array.Values), array.Shape), sbyte.MinValue, sbyte.MaxValue),
                ElementType.Float64 => new MultiArray(ArrayConversion.ToDouble(array.Values), array.Shape),
                _ => new MultiArray(ArrayConversion.ToSingle(array.Values), array.Shape),
            };
        }
        catch (OverflowException e)
        {
            throw new FeatureMismatchException($"{array}: {e.Message.TrimEnd('.')}");
        }
    }

    private static MultiArray InRange(MultiArray array, int lowest, int highest) => Array.TrueForAll((int[])array.Values, value => value >= lowest && value <= highest)
        ? array
        : throw new OverflowException($"a value is outside {lowest.ToString(CultureInfo.InvariantCulture)} to {highest.ToString(CultureInfo.InvariantCulture)}.");

    private static MultiArray Shaped(RunFeature feature, MultiArray array)
    {
        if (feature.Shape.Admits(array.Shape))
        {
            return array;
        }

        // A plain list has no shape of its own: it takes the feature's where its length leaves no choice.
        return array.Shape.Length <= 1 && feature.Shape.OfList(array.Values.Length) is { } shape
            ? new MultiArray(array.Values, shape)
            : throw Mismatch(array);
    }
}
