using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Onnx;

/// <summary>Describes a graph's inputs and outputs by the features of the model's description.</summary>
internal static class FeatureShapes
{
    /// <summary>Describes a feature.</summary>
    /// <param name="feature">The model's description of it; <see langword="null"/> when it has none.</param>
    /// <param name="name">Its name.</param>
    /// <param name="declared">The element type that the program or network gives it.</param>
    /// <param name="tensor">Its tensor.</param>
    /// <param name="shape">The tensor's dimensions, -1 where flexible.</param>
    public static OnnxFeature Describe(FeatureDescription? feature, string name, ElementType declared, OnnxValue tensor, IReadOnlyList<long> shape)
    {
        ArrayFeatureType? array = feature?.Type?.MultiArrayType;
        ImageFeatureType? image = feature?.Type?.ImageType;
        return new OnnxFeature
        {
            Name = name,
            TensorName = tensor.Name,
            ElementType = array is null ? declared : TypeOf(array.DataType, declared),
            TensorType = tensor.Type,
            Shape = Dimensions(array, image, tensor.Name, shape),
            Image = image is null ? null : new OnnxImage(image.Width, image.Height, ColorOf(image.ColorSpace)),
            IsOptional = feature?.Type?.IsOptional ?? false,
            DefaultValue = array is null ? 0 : DefaultOf(array),
            EnumeratedShapes = array?.EnumeratedShapes?.Shapes.Select(one => (IReadOnlyList<long>)one.Shape_.ToArray()).ToArray() ?? [],
        };
    }

    private static OnnxDimension[] Dimensions(ArrayFeatureType? array, ImageFeatureType? image, string tensorName, IReadOnlyList<long> shape)
    {
        var dimensions = new OnnxDimension[shape.Count];
        for (int axis = 0; axis < dimensions.Length; axis++)
        {
            if (shape[axis] >= 0)
            {
                dimensions[axis] = OnnxDimension.Fixed(shape[axis]);
                continue;
            }

            // Height and width come last.
            long size = array is not null && array.Shape.Count == shape.Count ? array.Shape[axis]
                : image is null ? -1
                : axis == shape.Count - 1 ? image.Width
                : axis == shape.Count - 2 ? image.Height
                : -1;
            (long lower, long upper) = BoundsOf(array, axis, shape.Count);
            dimensions[axis] = new OnnxDimension(size, GraphWriter.Symbol(tensorName, axis), lower, upper);
        }

        return dimensions;
    }

    private static (long Lower, long Upper) BoundsOf(ArrayFeatureType? array, int axis, int rank)
    {
        if (array?.ShapeRange is { } range && range.SizeRanges.Count == rank)
        {
            return ((long)System.Math.Min(range.SizeRanges[axis].LowerBound, long.MaxValue), range.SizeRanges[axis].UpperBound);
        }

        long[] sizes = array?.EnumeratedShapes?.Shapes.Where(one => one.Shape_.Count == rank).Select(one => one.Shape_[axis]).ToArray() ?? [];
        return sizes.Length > 0 ? (sizes.Min(), sizes.Max()) : (1, -1);
    }

    private static double DefaultOf(ArrayFeatureType array) => array.DefaultOptionalValueCase switch
    {
        ArrayFeatureType.DefaultOptionalValueOneofCase.IntDefaultValue => array.IntDefaultValue,
        ArrayFeatureType.DefaultOptionalValueOneofCase.FloatDefaultValue => array.FloatDefaultValue,
        ArrayFeatureType.DefaultOptionalValueOneofCase.DoubleDefaultValue => array.DoubleDefaultValue,
        _ => 0,
    };

    private static ElementType TypeOf(ArrayFeatureType.Types.ArrayDataType type, ElementType otherwise) => type switch
    {
        ArrayFeatureType.Types.ArrayDataType.Float16 => ElementType.Float16,
        ArrayFeatureType.Types.ArrayDataType.Float32 => ElementType.Float32,
        ArrayFeatureType.Types.ArrayDataType.Double => ElementType.Float64,
        ArrayFeatureType.Types.ArrayDataType.Int8 => ElementType.Int8,
        ArrayFeatureType.Types.ArrayDataType.Int32 => ElementType.Int32,
        _ => otherwise,
    };

    private static ImageColor ColorOf(ImageFeatureType.Types.ColorSpace space) => space switch
    {
        ImageFeatureType.Types.ColorSpace.Rgb => ImageColor.Rgb,
        ImageFeatureType.Types.ColorSpace.Bgr => ImageColor.Bgr,
        _ => ImageColor.Grayscale,
    };
}
