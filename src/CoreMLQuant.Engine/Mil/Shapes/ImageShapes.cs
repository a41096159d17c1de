using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Resizing and sampling of images, whose last two axes are height and width.</summary>
internal static class ImageShapes
{
    // Boxes became [boxes, 4] with indices beside them.
    private const int PlainBoxesOpset = 7;

    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        ShapeRule.Of("upsample_nearest_neighbor", Upsampled),
        ShapeRule.Of("upsample_bilinear", Upsampled),
        ShapeRule.Of("resize_nearest_neighbor", inputs => Sized(inputs, "target_size_height", "target_size_width", null)),
        ShapeRule.Of("resize_bilinear", inputs => Sized(inputs, "target_size_height", "target_size_width", 1)),
        ShapeRule.Of("affine", inputs => Sized(inputs, "output_height", "output_width", null)),
        ShapeRule.Of("resize", Resized),
        ShapeRule.Of("resample", Resampled),
        ShapeRule.Of("crop_resize", CropResized),
    ];

    private static InferredType Upsampled(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        return x.Sizes is not { Count: > 2 } sizes ? x.With(null)
            : WithImage(x, sizes, Scaled(inputs, "scale_factor_height", sizes[sizes.Count - 2]), Scaled(inputs, "scale_factor_width", sizes[sizes.Count - 1]));
    }

    // A fraction of a size is rounded, and how is not sure.
    private static long Scaled(OperationInputs inputs, string name, long size) =>
        inputs.Integer(name, 1) is (> 0 and { } factor) ? ShapeArithmetic.Map(size, known => checked(known * factor)) : InferredType.UnknownSize;

    private static InferredType Sized(OperationInputs inputs, string height, string width, long? otherwise)
    {
        InferredType x = inputs.Type("x");
        return x.Sizes is not { Count: > 2 } sizes ? x.With(null) : WithImage(x, sizes, Target(height), Target(width));

        long Target(string name) => inputs.Integer(name, otherwise) is (> 0 and { } size) ? size : InferredType.UnknownSize;
    }

    // Sizes of the last axes; 0 and -1 keep what is there.
    private static InferredType Resized(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (x.Sizes is not { } sizes)
        {
            return x;
        }

        if (inputs.Integer("resized_dims") is not (>= 0 and { } count) || inputs.Integers("shape") is not { } wanted)
        {
            return x.With(ShapeArithmetic.UnknownSizes(sizes.Count));
        }

        int first = sizes.Count - (int)count, skipped = wanted.Count - (int)count;
        return first >= 0 && skipped >= 0
            ? x.With(sizes.Select((size, axis) => axis >= first && wanted[skipped + axis - first] is > 0 and var target ? target : size).ToArray())
            : throw new ShapeContradictionException($"it resizes {count} axes of {sizes.Count}, with {wanted.Count} sizes.");
    }

    // The coordinates are [batch, height, width, 2].
    private static InferredType Resampled(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        return x.Sizes is [var batch, var channels, _, _] && inputs.Type("coordinates").Sizes is [_, var height, var width, _]
            ? x.With([batch, channels, height, width])
            : x.With(null);
    }

    private static InferredType CropResized(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        return inputs.Opset >= PlainBoxesOpset && x.Sizes is [_, var channels, _, _] && inputs.Type("boxes").Sizes is [var boxes, ..]
            ? x.With([boxes, channels, inputs.Integer("target_height", 1) ?? InferredType.UnknownSize, inputs.Integer("target_width", 1) ?? InferredType.UnknownSize])
            : x.With(null);
    }

    private static InferredType WithImage(InferredType x, IReadOnlyList<long> sizes, long height, long width) => x.With([.. sizes.Take(sizes.Count - 2), height, width]);
}
