using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Google.Protobuf;

namespace CoreMLQuant.Editing.Types;

/// <summary>Shapes in descriptions of features: one shape, ranges, or a list.</summary>
internal static class FeatureShapes
{
    /// <summary>Gives an array its shapes.</summary>
    /// <param name="array">The array.</param>
    /// <param name="shapes">One shape of sizes or ranges, or several of fixed sizes.</param>
    public static void Set(ArrayFeatureType array, IReadOnlyList<IReadOnlyList<SizeBounds>> shapes)
    {
        long[] before = array.Shape.ToArray();
        array.ClearShapeFlexibility();
        array.Shape.Clear();
        array.Shape.Add(DefaultOf(shapes, before));
        if (shapes.Count > 1)
        {
            array.EnumeratedShapes = new ArrayFeatureType.Types.EnumeratedShapes();
            array.EnumeratedShapes.Shapes.Add(shapes.Select(shape => new ArrayFeatureType.Types.Shape { Shape_ = { shape.Select(size => size.Lower) } }));
        }
        else if (shapes[0].Any(size => !size.IsFixed))
        {
            array.ShapeRange = new ArrayFeatureType.Types.ShapeRange();
            array.ShapeRange.SizeRanges.Add(shapes[0].Select(RangeOf));
        }
    }

    /// <summary>Gives an image its sizes.</summary>
    /// <param name="image">The image.</param>
    /// <param name="sizes">Heights and widths.</param>
    public static void Set(ImageFeatureType image, IReadOnlyList<IReadOnlyList<SizeBounds>> sizes)
    {
        long[] size = DefaultOf(sizes, [image.Height, image.Width]);
        image.ClearSizeFlexibility();
        (image.Height, image.Width) = (size[0], size[1]);
        if (sizes.Count > 1)
        {
            var listed = new EnumeratedSizesDetails();
            listed.Sizes.Add(sizes.Select(one => new ImageSizeDetails { Height = (ulong)one[0].Lower, Width = (ulong)one[1].Lower }));
            image.EnumeratedSizes = listed.ToByteString();
        }
        else if (sizes[0].Any(one => !one.IsFixed))
        {
            image.ImageSizeRange = new ImageSizeRangeDetails { HeightRange = RangeOf(sizes[0][0]), WidthRange = RangeOf(sizes[0][1]) }.ToByteString();
        }
    }

    /// <summary>The shapes of an array; <see langword="null"/> when it describes none.</summary>
    public static IReadOnlyList<IReadOnlyList<SizeBounds>>? Of(ArrayFeatureType array) => array.ShapeFlexibilityCase switch
    {
        ArrayFeatureType.ShapeFlexibilityOneofCase.EnumeratedShapes => array.EnumeratedShapes.Shapes.Select(shape => Fixed(shape.Shape_)).ToArray(),
        ArrayFeatureType.ShapeFlexibilityOneofCase.ShapeRange => [array.ShapeRange.SizeRanges.Select(range => new SizeBounds((long)range.LowerBound, range.UpperBound)).ToArray()],
        _ => array.Shape.Count == 0 ? null : [Fixed(array.Shape)],
    };

    /// <summary>The heights and widths of an image.</summary>
    public static IReadOnlyList<IReadOnlyList<SizeBounds>> Of(ImageFeatureType image)
    {
        if (image.SizeFlexibilityCase == ImageFeatureType.SizeFlexibilityOneofCase.EnumeratedSizes)
        {
            return EnumeratedSizesDetails.Parser.ParseFrom(image.EnumeratedSizes).Sizes.Select(size => Fixed([(long)size.Height, (long)size.Width])).ToArray();
        }

        ImageSizeRangeDetails? range = image.SizeFlexibilityCase == ImageFeatureType.SizeFlexibilityOneofCase.ImageSizeRange ? ImageSizeRangeDetails.Parser.ParseFrom(image.ImageSizeRange) : null;
        return range is { HeightRange: { } height, WidthRange: { } width }
            ? [[new SizeBounds((long)height.LowerBound, height.UpperBound), new SizeBounds((long)width.LowerBound, width.UpperBound)]]
            : [Fixed([image.Height, image.Width])];
    }

    /// <summary>Whether shapes leave anything open.</summary>
    public static bool AreFlexible(IReadOnlyList<IReadOnlyList<SizeBounds>> shapes) => shapes.Count > 1 || shapes[0].Any(size => !size.IsFixed);

    /// <summary>Shapes as a person reads them.</summary>
    public static string Text(IReadOnlyList<IReadOnlyList<SizeBounds>> shapes) =>
        string.Join(" ", shapes.Select(shape => $"[{string.Join(", ", shape.Select(size => size.ToString()))}]"));

    private static IReadOnlyList<SizeBounds> Fixed(IEnumerable<long> shape) => shape.Select(size => new SizeBounds(size, size)).ToArray();

    // The old default stays where it is one of the new shapes.
    private static long[] DefaultOf(IReadOnlyList<IReadOnlyList<SizeBounds>> shapes, long[] before) =>
        shapes.Any(shape => shape.Count == before.Length && shape.Zip(before, (size, old) => size.Contains(old)).All(isWithin => isWithin))
            ? before
            : shapes[0].Select(size => size.Lower).ToArray();

    private static SizeRange RangeOf(SizeBounds size) => new() { LowerBound = (ulong)size.Lower, UpperBound = size.Upper };
}
