using System;
using System.Globalization;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Features;

/// <summary>What a model computed, as its output declares it.</summary>
internal static class OutputValues
{
    /// <summary>A scalar feature's number instead of an array of one; an array in the declared number of axes where only axes of size one differ.</summary>
    public static object Of(RunFeature output, object value) => (output.Kind, value) switch
    {
        (FeatureKind.Int64, MultiArray { Values.Length: 1 } array) => Convert.ToInt64(array.Values.GetValue(0), CultureInfo.InvariantCulture),
        (FeatureKind.Double, MultiArray { Values.Length: 1 } array) => Convert.ToDouble(array.Values.GetValue(0), CultureInfo.InvariantCulture),
        _ => value,
    };
}
