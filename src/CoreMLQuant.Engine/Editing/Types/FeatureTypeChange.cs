using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Elements;
using CoreMLQuant.Running;
using CoreMLQuant.Specification.Schema;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;
using ColorSpace = CoreMLQuant.Specification.Schema.ImageFeatureType.Types.ColorSpace;

namespace CoreMLQuant.Editing.Types;

/// <summary>Makes the new description of a feature from the old one and an edit. What stands behind it follows the result.</summary>
internal static class FeatureTypeChange
{
    private const int FlexibleVersion = 3, DefaultValueVersion = 5, Float16Version = 7;

    /// <summary>Number of color channels of an image.</summary>
    public static int ChannelsOf(ImageFeatureType image) => image.ColorSpace is ColorSpace.Rgb or ColorSpace.Bgr ? 3 : 1;

    /// <summary>The new type.</summary>
    /// <param name="target">The feature.</param>
    /// <param name="edit">The edit.</param>
    /// <param name="leading">Dimensions of the tensor before those of the image, e.g. 1 for a batch of one image.</param>
    /// <param name="tensor">Dimensions of the tensor behind the feature, -1 for one that is not fixed; empty when unknown.</param>
    /// <exception cref="EditException">The feature cannot have the type.</exception>
    public static FeatureType Make(TypeTarget target, FeatureTypeEdit edit, int leading, IReadOnlyList<long> tensor)
    {
        FeatureType type = target.Feature.Type?.Clone() ?? new FeatureType();
        if (type.TypeCase is not (FeatureType.TypeOneofCase.MultiArrayType or FeatureType.TypeOneofCase.ImageType))
        {
            throw target.Refuse($"it is neither an array nor an image.", "Only arrays and images can be exchanged.");
        }

        if (edit.ColorSpace is { } space)
        {
            type.ImageType = Image(target, edit, type, space, leading, tensor);
        }
        else if (edit.ElementType is not null || (edit.Shapes is not null && type.MultiArrayType is not null))
        {
            type.MultiArrayType = Array(target, edit, type, leading, tensor);
        }
        else if (edit.Shapes is { } sizes)
        {
            FeatureShapes.Set(type.ImageType, Sizes(target, sizes));
        }

        SetOptional(target, edit, type);
        return type;
    }

    /// <summary>Raises the versions that a type needs.</summary>
    public static void RequireVersions(EditBuilder builder, TypeTarget target, FeatureType type)
    {
        Model stage = target.Stage.Model;
        if (type.MultiArrayType is { } array)
        {
            Require(array.DataType == ArrayDataType.Float16, Float16Version, "a Float16 array");
            Require(array.ShapeFlexibilityCase != ArrayFeatureType.ShapeFlexibilityOneofCase.None, FlexibleVersion, "a flexible shape");
            Require(type.IsOptional && array.DefaultOptionalValueCase != ArrayFeatureType.DefaultOptionalValueOneofCase.None, DefaultValueVersion, "a default value");
        }
        else if (type.ImageType is { } image)
        {
            Require(image.ColorSpace == ColorSpace.GrayscaleFloat16, Float16Version, "a Float16 image");
            Require(image.SizeFlexibilityCase != ImageFeatureType.SizeFlexibilityOneofCase.None, FlexibleVersion, "a flexible size");
        }

        void Require(bool isUsed, int version, string what)
        {
            if (isUsed)
            {
                builder.Require(stage, version, what);
            }
        }
    }

    private static ImageFeatureType Image(TypeTarget target, FeatureTypeEdit edit, FeatureType type, ImageColorSpace space, int leading, IReadOnlyList<long> tensor)
    {
        ImageFeatureType image = type.ImageType?.Clone() ?? new ImageFeatureType();
        image.ColorSpace = space switch
        {
            ImageColorSpace.Bgr => ColorSpace.Bgr,
            ImageColorSpace.Grayscale => ColorSpace.Grayscale,
            ImageColorSpace.GrayscaleFloat16 => ColorSpace.GrayscaleFloat16,
            _ => ColorSpace.Rgb,
        };
        int channels = ChannelsOf(image), rank = leading + 3;
        if (tensor.Count > 0 && (tensor.Count != rank || tensor.Take(leading).Any(size => size != 1) || (tensor[leading] != channels && tensor[leading] >= 0)))
        {
            throw target.Refuse(
                $"a {space} image has the layout [{string.Join(", ", Enumerable.Repeat("1", leading).Append($"{channels}"))}, height, width], and the model has [{string.Join(", ", tensor.Select(size => size < 0 ? "?" : $"{size}"))}] here.",
                tensor.Count == rank && tensor[tensor.Count - 1] is 1 or 3 ? "The channels come last; convert the model again with the channels first." : "Specify a color space with as many channels as the model has.");
        }

        IReadOnlyList<IReadOnlyList<SizeBounds>>? sizes = edit.Shapes is not null ? Sizes(target, edit.Shapes)
            : type.ImageType is not null ? null
            : FeatureShapes.Of(type.MultiArrayType) is { } shapes ? shapes.Select(shape => (IReadOnlyList<SizeBounds>)shape.Skip(leading + 1).ToArray()).ToArray()
            : tensor.Count > 0 && tensor.All(size => size >= 0) ? [[.. tensor.Skip(leading + 1).Select(size => new SizeBounds(size, size))]]
            : throw target.Refuse("the model does not say how large the image is.", "Specify the size, such as 'Image RGB 224x224'.");
        if (sizes is not null)
        {
            FeatureShapes.Set(image, sizes.Any(size => size.Count != 2) ? throw target.Refuse("it has too few dimensions for an image.", "Only arrays of a height and a width can be images.") : sizes);
        }

        return image;
    }

    private static ArrayFeatureType Array(TypeTarget target, FeatureTypeEdit edit, FeatureType type, int leading, IReadOnlyList<long> tensor)
    {
        ArrayFeatureType array = type.MultiArrayType?.Clone() ?? new ArrayFeatureType { DataType = ArrayDataType.Float32 };
        if (type.ImageType is { } image && edit.Shapes is null)
        {
            IEnumerable<SizeBounds> before = Enumerable.Repeat(new SizeBounds(1, 1), leading).Append(new SizeBounds(ChannelsOf(image), ChannelsOf(image)));
            array.Shape.Add(tensor.Count > 0 && tensor.All(size => size >= 0) ? tensor : [.. before.Select(size => size.Lower), image.Height, image.Width]);
            FeatureShapes.Set(array, FeatureShapes.Of(image).Select(size => (IReadOnlyList<SizeBounds>)[.. before, .. size]).ToArray());
        }

        if (edit.Shapes is { } shapes)
        {
            int rank = tensor.Count > 0 ? tensor.Count : FeatureShapes.Of(array)?[0].Count ?? shapes[0].Count;
            FeatureShapes.Set(array, shapes[0].Count == rank ? shapes
                : throw target.Refuse($"the shape {FeatureShapes.Text([shapes[0]])} has {shapes[0].Count} dimensions, and the model has {rank} here.", "Specify a shape with as many dimensions."));
        }

        if (edit.ElementType is { } element)
        {
            array.DataType = element switch
            {
                ElementType.Float16 => ArrayDataType.Float16,
                ElementType.Float64 => ArrayDataType.Double,
                ElementType.Int32 => ArrayDataType.Int32,
                _ => ArrayDataType.Float32,
            };
            SetDefault(array, DefaultOf(array));
        }

        return array;
    }

    private static IReadOnlyList<IReadOnlyList<SizeBounds>> Sizes(TypeTarget target, IReadOnlyList<IReadOnlyList<SizeBounds>> sizes) =>
        sizes.All(size => size.Count == 2) ? sizes : throw target.Refuse("the size of an image is a width and a height.", "Specify it as '224x224', or as '[height, width]'.");

    private static void SetOptional(TypeTarget target, FeatureTypeEdit edit, FeatureType type)
    {
        if (edit.IsOptional is null && edit.DefaultValue is null)
        {
            return;
        }

        if (!target.IsInput)
        {
            throw target.Refuse("outputs are never optional and have no default values.", "Specify it for an input.");
        }

        type.IsOptional = edit.IsOptional ?? true;
        if (edit.DefaultValue is { } value)
        {
            if (!type.IsOptional || type.MultiArrayType is null)
            {
                throw target.Refuse("a default value is that of an optional array.", "Omit it, or make the input an optional array.");
            }

            SetDefault(type.MultiArrayType, value);
        }
        else if (!type.IsOptional)
        {
            type.MultiArrayType?.ClearDefaultOptionalValue();
        }

        FeatureDescription[] inputs = (target.Function is { } function ? function.Input : target.Stage.Model.Description.Input).ToArray();
        if (type.IsOptional && inputs.All(input => ReferenceEquals(input, target.Feature) || input.Type is { IsOptional: true }))
        {
            throw target.Refuse("all inputs would be optional, and at least one must not be.", "Leave an input that is required.");
        }
    }

    private static double? DefaultOf(ArrayFeatureType array) => array.DefaultOptionalValueCase switch
    {
        ArrayFeatureType.DefaultOptionalValueOneofCase.IntDefaultValue => array.IntDefaultValue,
        ArrayFeatureType.DefaultOptionalValueOneofCase.FloatDefaultValue => array.FloatDefaultValue,
        ArrayFeatureType.DefaultOptionalValueOneofCase.DoubleDefaultValue => array.DoubleDefaultValue,
        _ => null,
    };

    // The format has a field for each type of elements.
    private static void SetDefault(ArrayFeatureType array, double? value)
    {
        if (value is not { } number)
        {
            return;
        }

        array.ClearDefaultOptionalValue();
        switch (array.DataType)
        {
            case ArrayDataType.Int32 or ArrayDataType.Int8:
                array.IntDefaultValue = number == System.Math.Floor(number) && System.Math.Abs(number) <= int.MaxValue
                    ? (int)number
                    : throw new EditException($"The default value {number.ToString(System.Globalization.CultureInfo.InvariantCulture)} is not a 32-bit integer, and the array is of integers.", "Specify a whole number.");
                break;
            case ArrayDataType.Double:
                array.DoubleDefaultValue = number;
                break;
            default:
                array.FloatDefaultValue = (float)number;
                break;
        }
    }
}
