using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Tests.Support;

/// <summary>Descriptions of inputs.</summary>
internal static class TestInputs
{
    public static RunFeature Array(string name, ElementType type, params long[] shape) => new()
    {
        Feature = new ModelFeature(name, $"{type} [{string.Join(", ", shape)}]", string.Empty, false),
        Kind = FeatureKind.MultiArray,
        ElementType = type,
        Shape = new FeatureShape(shape, [], []),
    };

    public static RunFeature Image(string name, ImageColorSpace color, int width, int height) => new()
    {
        Feature = new ModelFeature(name, $"Image {color} {width}x{height}", string.Empty, false),
        Kind = FeatureKind.Image,
        ElementType = ElementType.UInt8,
        Image = new ImageFormat(color, width, height, [], null, null),
    };

    public static RunFeature Optional(this RunFeature feature) => feature with { Feature = feature.Feature with { IsOptional = true } };

    public static RunFeatures Inputs(params RunFeature[] inputs) => RunFeatures.Of(inputs, []);

    public static RunSample Single(this System.Collections.Generic.IEnumerable<RunSample> samples) => Enumerable.Single(samples);
}
