using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Google.Protobuf;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;
using ColorSpace = CoreMLQuant.Specification.Schema.ImageFeatureType.Types.ColorSpace;

namespace CoreMLQuant.Running;

/// <summary>What a model's function takes and gives, from its description.</summary>
public sealed class RunFeatures
{
    private RunFeatures(IReadOnlyList<RunFeature> inputs, IReadOnlyList<RunFeature> outputs, string predictedFeature, string predictedProbabilities)
    {
        Inputs = inputs;
        Outputs = outputs;
        PredictedFeatureName = predictedFeature;
        PredictedProbabilitiesName = predictedProbabilities;
    }

    /// <summary>What has to be given.</summary>
    public IReadOnlyList<RunFeature> Inputs { get; }

    /// <summary>What comes out.</summary>
    public IReadOnlyList<RunFeature> Outputs { get; }

    /// <summary>Output of a classifier that holds the label; empty for other models.</summary>
    public string PredictedFeatureName { get; }

    /// <summary>Output of a classifier that holds the probabilities; empty for other models.</summary>
    public string PredictedProbabilitiesName { get; }

    /// <summary>Reads the description.</summary>
    /// <param name="file">The model.</param>
    /// <param name="function">A function by name; <see langword="null"/> for the default one.</param>
    public static RunFeatures Of(ModelFile file, string? function = null)
    {
        ModelDescription description = file.Specification.Description ?? new ModelDescription();
        string wanted = function ?? description.DefaultFunctionName;
        FunctionDescription? own = description.Functions.FirstOrDefault(candidate => candidate.Name == wanted)
            ?? (function is null ? description.Functions.FirstOrDefault() : null);
        return new RunFeatures(
            Read(own?.Input ?? description.Input),
            Read(own?.Output ?? description.Output),
            own?.PredictedFeatureName is { Length: > 0 } label ? label : description.PredictedFeatureName,
            own?.PredictedProbabilitiesName is { Length: > 0 } probabilities ? probabilities : description.PredictedProbabilitiesName);
    }

    /// <summary>Features that no model describes.</summary>
    internal static RunFeatures Of(IReadOnlyList<RunFeature> inputs, IReadOnlyList<RunFeature> outputs) => new(inputs, outputs, string.Empty, string.Empty);

    private static IReadOnlyList<RunFeature> Read(IEnumerable<FeatureDescription> features)
    {
        FeatureDescription[] all = features.ToArray();
        return FeatureDescriber.Describe(all).Select((feature, i) => Read(feature, all[i].Type ?? new FeatureType())).ToArray();
    }

    private static RunFeature Read(ModelFeature feature, FeatureType type) => type.TypeCase switch
    {
        FeatureType.TypeOneofCase.MultiArrayType => new RunFeature
        {
            Feature = feature,
            Kind = FeatureKind.MultiArray,
            ElementType = ElementTypeOf(type.MultiArrayType.DataType),
            Shape = ShapeOf(type.MultiArrayType),
            DefaultValue = DefaultOf(type.MultiArrayType),
        },
        FeatureType.TypeOneofCase.ImageType => new RunFeature { Feature = feature, Kind = FeatureKind.Image, ElementType = ElementType.UInt8, Image = ImageOf(type.ImageType) },
        FeatureType.TypeOneofCase.Int64Type => new RunFeature { Feature = feature, Kind = FeatureKind.Int64, ElementType = ElementType.Int64 },
        FeatureType.TypeOneofCase.DoubleType => new RunFeature { Feature = feature, Kind = FeatureKind.Double, ElementType = ElementType.Float64 },
        FeatureType.TypeOneofCase.StringType => new RunFeature { Feature = feature, Kind = FeatureKind.String, ElementType = ElementType.String },
        FeatureType.TypeOneofCase.DictionaryType => new RunFeature { Feature = feature, Kind = FeatureKind.Dictionary },
        FeatureType.TypeOneofCase.SequenceType => new RunFeature { Feature = feature, Kind = FeatureKind.Sequence },
        _ => new RunFeature { Feature = feature, Kind = FeatureKind.Unknown },
    };

    private static ElementType ElementTypeOf(ArrayDataType type) => type switch
    {
        ArrayDataType.Float16 => ElementType.Float16,
        ArrayDataType.Double => ElementType.Float64,
        ArrayDataType.Int8 => ElementType.Int8,
        ArrayDataType.Int32 => ElementType.Int32,
        _ => ElementType.Float32,
    };

    private static FeatureShape ShapeOf(ArrayFeatureType array) => new(
        array.Shape.ToArray(),
        array.ShapeFlexibilityCase == ArrayFeatureType.ShapeFlexibilityOneofCase.EnumeratedShapes
            ? array.EnumeratedShapes.Shapes.Select(shape => (IReadOnlyList<long>)shape.Shape_.ToArray()).ToArray()
            : [],
        array.ShapeFlexibilityCase == ArrayFeatureType.ShapeFlexibilityOneofCase.ShapeRange
            ? array.ShapeRange.SizeRanges.Select(Limits).ToArray()
            : []);

    private static (long Lower, long Upper) Limits(SizeRange range) => ((long)Math.Min(range.LowerBound, long.MaxValue), range.UpperBound);

    private static double DefaultOf(ArrayFeatureType array) => array.DefaultOptionalValueCase switch
    {
        ArrayFeatureType.DefaultOptionalValueOneofCase.IntDefaultValue => array.IntDefaultValue,
        ArrayFeatureType.DefaultOptionalValueOneofCase.FloatDefaultValue => array.FloatDefaultValue,
        ArrayFeatureType.DefaultOptionalValueOneofCase.DoubleDefaultValue => array.DoubleDefaultValue,
        _ => 0,
    };

    // Sizes that are not well-formed are as good as none: the declared size stays. The validator tells what is wrong with them.
    private static ImageFormat ImageOf(ImageFeatureType image)
    {
        ImageSizeRangeDetails? range = image.ImageSizeRange.Length > 0 ? Parse(ImageSizeRangeDetails.Parser.ParseFrom, image.ImageSizeRange) : null;
        EnumeratedSizesDetails? listed = image.EnumeratedSizes.Length > 0 ? Parse(EnumeratedSizesDetails.Parser.ParseFrom, image.EnumeratedSizes) : null;
        return new ImageFormat(
            image.ColorSpace switch
            {
                ColorSpace.Grayscale => ImageColorSpace.Grayscale,
                ColorSpace.GrayscaleFloat16 => ImageColorSpace.GrayscaleFloat16,
                ColorSpace.Bgr => ImageColorSpace.Bgr,
                _ => ImageColorSpace.Rgb,
            },
            (int)Math.Min(image.Width, int.MaxValue),
            (int)Math.Min(image.Height, int.MaxValue),
            listed?.Sizes.Select(size => ((int)Math.Min(size.Width, int.MaxValue), (int)Math.Min(size.Height, int.MaxValue))).ToArray() ?? [],
            range?.WidthRange is { } width ? Limits(width) : null,
            range?.HeightRange is { } height ? Limits(height) : null);
    }

    // No type of Google.Protobuf as a constraint: PowerShell looks at every public class when it imports the module, and would load it.
    private static T? Parse<T>(Func<ByteString, T> parse, ByteString bytes)
        where T : class
    {
        try
        {
            return parse(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
