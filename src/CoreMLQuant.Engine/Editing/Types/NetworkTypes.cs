using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Google.Protobuf;
using Google.Protobuf.Collections;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;
using ColorSpace = CoreMLQuant.Specification.Schema.ImageFeatureType.Types.ColorSpace;

namespace CoreMLQuant.Editing.Types;

/// <summary>
/// Changes the types of a NeuralNetwork's inputs and outputs. Its layers compute in floats whatever the description says, so only the description changes,
/// and the arithmetic on an image's values: in the preprocessing of an image, in a layer elsewhere.
/// </summary>
internal static class NetworkTypes
{
    /// <summary>Changes the type of a feature.</summary>
    /// <exception cref="EditException">The feature cannot have the type.</exception>
    public static FeatureType Change(EditBuilder builder, TypeTarget target, RepeatedField<NeuralNetworkLayer> layers, FeatureTypeEdit edit)
    {
        FeatureType before = target.Feature.Type ?? new FeatureType();
        int leading = NetworkLayers.ShapeMappings(target.Stage.Model) switch
        {
            { Arrays: false } => 0,
            { Images: true } => 1,
            _ => 2,
        };
        FeatureType type = FeatureTypeChange.Make(target, edit, leading, TensorOf(before, leading));
        CheckElements(target, before, type);
        RepeatedField<ByteString> preprocessing = NetworkLayers.PreprocessingOf(target.Stage.Model);
        if (target.IsInput && type.ImageType is { } image && (edit.Scale is not null || edit.Bias is not null))
        {
            NetworkInputs.RemoveScaler(builder, target, preprocessing);
            preprocessing.Add(ScalerOf(target, edit, image).ToByteString());
        }
        else if (target.IsInput && before.ImageType is { } old && type.ImageType is null && NetworkInputs.RemoveScaler(builder, target, preprocessing) is { } scaler)
        {
            NetworkInputs.InsertScale(target, layers, scaler.ChannelScale == 0 ? 1 : scaler.ChannelScale, BiasesOf(scaler, old));
        }
        else if (!target.IsInput && type.ImageType is { } made && (edit.Scale is not null || edit.Bias is not null))
        {
            NetworkInputs.AppendScale(target, layers, (float)(edit.Scale ?? 1), BiasesOf(target, edit, made).Select(bias => (float)bias).ToArray());
        }

        return type;
    }

    // The description is all that says what shape a blob has.
    private static long[] TensorOf(FeatureType type, int leading) => type.ImageType is { } image
        ? [.. Enumerable.Repeat(1L, leading), FeatureTypeChange.ChannelsOf(image), image.Height, image.Width]
        : type.MultiArrayType is { Shape.Count: > 0 } array ? [.. array.Shape] : [];

    private static void CheckElements(TypeTarget target, FeatureType before, FeatureType type)
    {
        ArrayDataType? old = before.MultiArrayType?.DataType, wanted = type.MultiArrayType?.DataType;
        if (wanted == old || wanted is null)
        {
            return;
        }

        if (wanted == ArrayDataType.Float16 || type.ImageType?.ColorSpace == ColorSpace.GrayscaleFloat16)
        {
            throw target.Refuse("a NeuralNetwork has no Float16 arrays.", "Specify Float32 or Double.");
        }

        if (!target.IsInput && wanted == ArrayDataType.Int32)
        {
            throw target.Refuse("integers would lose the fractions of the floats that the layers make.", "Specify Float32 or Double.");
        }
    }

    private static PreprocessingDetails ScalerOf(TypeTarget target, FeatureTypeEdit edit, ImageFeatureType image)
    {
        double[] biases = BiasesOf(target, edit, image);
        var scaler = new ImageScalerDetails { ChannelScale = (float)(edit.Scale ?? 1) };
        switch (image.ColorSpace)
        {
            case ColorSpace.Rgb:
                (scaler.RedBias, scaler.GreenBias, scaler.BlueBias) = ((float)biases[0], (float)biases[1], (float)biases[2]);
                break;
            case ColorSpace.Bgr:
                (scaler.BlueBias, scaler.GreenBias, scaler.RedBias) = ((float)biases[0], (float)biases[1], (float)biases[2]);
                break;
            default:
                scaler.GrayBias = (float)biases[0];
                break;
        }

        return new PreprocessingDetails { FeatureName = target.Name, Scaler = scaler };
    }

    private static double[] BiasesOf(TypeTarget target, FeatureTypeEdit edit, ImageFeatureType image)
    {
        int channels = FeatureTypeChange.ChannelsOf(image);
        IReadOnlyList<double> given = edit.Bias ?? [0];
        return given.Count == channels ? [.. given]
            : given.Count == 1 ? Enumerable.Repeat(given[0], channels).ToArray()
            : throw target.Refuse($"there are {given.Count} biases.", "Specify one, or one for each channel.");
    }

    private static float[] BiasesOf(ImageScalerDetails scaler, ImageFeatureType image) => image.ColorSpace switch
    {
        ColorSpace.Rgb => [scaler.RedBias, scaler.GreenBias, scaler.BlueBias],
        ColorSpace.Bgr => [scaler.BlueBias, scaler.GreenBias, scaler.RedBias],
        _ => [scaler.GrayBias],
    };
}
