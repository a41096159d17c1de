using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Onnx.Networks;

/// <summary>
/// How features become blobs and blobs features. Source: the shape mappings of the specification. Either a blob has its feature's axes,
/// images the batch in front, or all blobs have five: sequence, batch, channels, height, width.
/// </summary>
internal static class FeatureBlobs
{
    /// <summary>The dimensions of a feature's tensor, -1 where flexible; images are [1, channels, height, width].</summary>
    public static IReadOnlyList<long> TensorShape(FeatureType type)
    {
        if (type.ImageType is { } image)
        {
            bool isFixed = image.SizeFlexibilityCase == ImageFeatureType.SizeFlexibilityOneofCase.None;
            return [1, ChannelsOf(image), isFixed ? image.Height : -1, isFixed ? image.Width : -1];
        }

        ArrayFeatureType array = type.MultiArrayType ?? new ArrayFeatureType { Shape = { 1 } };
        long[] shape = array.Shape.ToArray();
        if (array.ShapeRange is { } range && range.SizeRanges.Count > 0)
        {
            return range.SizeRanges.Select(size => size.UpperBound > 0 && (ulong)size.UpperBound == size.LowerBound ? size.UpperBound : -1).ToArray();
        }

        if (array.EnumeratedShapes is { } shapes && shapes.Shapes.Count > 0)
        {
            return shapes.Shapes.All(one => one.Shape_.Count == shapes.Shapes[0].Shape_.Count)
                ? shapes.Shapes[0].Shape_.Select((size, axis) => shapes.Shapes.All(one => one.Shape_[axis] == size) ? size : -1).ToArray()
                : throw new NotTranslatableException("its shapes have different numbers of axes.");
        }

        return shape;
    }

    /// <summary>The blob of a feature's tensor in a network whose blobs have five axes.</summary>
    /// <exception cref="NotTranslatableException">No mapping of that many axes is known.</exception>
    public static OnnxValue ToFiveAxes(GraphBuilder graph, OnnxValue x) => x.Rank switch
    {
        1 => graph.Unsqueeze(x, 0, 1, 3, 4),
        2 => graph.Unsqueeze(x, 1, 3, 4),
        3 => graph.Unsqueeze(x, 0, 1),
        4 => graph.Unsqueeze(x, 0),
        5 => x,
        _ => throw new NotTranslatableException($"a feature of {x.Rank} axes has no place in five."),
    };

    /// <summary>A blob of five axes as the feature declares it.</summary>
    public static OnnxValue FromFiveAxes(GraphBuilder graph, OnnxValue x, FeatureType type)
    {
        if (x.Rank != LayerRanks.Sequence)
        {
            return x;
        }

        int rank = type.ImageType is not null ? LayerRanks.Image + 1 : type.MultiArrayType?.Shape.Count ?? 0;
        int[] removed = rank switch
        {
            1 => [0, 1, 3, 4],
            2 => [1, 3, 4],
            3 => [0, 1],
            4 => [0],
            5 => [],

            // A feature without a shape gives what is not 1 for sure: a vector, an image, or a sequence of either.
            _ => x.Dimension(0) == 1 && x.Dimension(1) == 1 ? x.Dimension(3) == 1 && x.Dimension(4) == 1 ? [0, 1, 3, 4] : [0, 1] : [],
        };
        return removed.All(axis => x.Dimension(axis) is 1 or < 0) ? graph.Squeeze(x, removed.Select(axis => (long)axis).ToArray()) : x;
    }

    private static long ChannelsOf(ImageFeatureType image) => image.ColorSpace switch
    {
        ImageFeatureType.Types.ColorSpace.Rgb or ImageFeatureType.Types.ColorSpace.Bgr => 3,
        _ => 1,
    };
}
