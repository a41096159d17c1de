using System.Linq;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Data;

/// <summary>Values without a feature's name, as a bare file is one.</summary>
internal static class BareValues
{
    /// <summary>The input that a value goes to; <see langword="null"/> when there is none, or more than one takes it.</summary>
    public static RunFeature? Target(RunFeatures features, string name, object value)
    {
        if (name != RunSample.Unnamed)
        {
            return features.Inputs.FirstOrDefault(input => input.Name == name);
        }

        RunFeature[] takers = Takers(features, value);
        return takers.Length == 1 ? takers[0] : null;
    }

    /// <summary>The inputs that take a value: images for image files; for arrays multi-arrays, and images where there is no multi-array.</summary>
    public static RunFeature[] Takers(RunFeatures features, object value)
    {
        RunFeature[] images = Required(features, FeatureKind.Image);
        RunFeature[] arrays = Required(features, FeatureKind.MultiArray);
        return value is ImageSource || arrays.Length == 0 ? images : arrays;
    }

    // An optional input is not what a bare file is meant for while there is one that must be given.
    private static RunFeature[] Required(RunFeatures features, FeatureKind kind)
    {
        RunFeature[] all = features.Inputs.Where(input => input.Kind == kind).ToArray();
        RunFeature[] required = all.Where(input => !input.Feature.IsOptional).ToArray();
        return required.Length > 0 ? required : all;
    }
}
