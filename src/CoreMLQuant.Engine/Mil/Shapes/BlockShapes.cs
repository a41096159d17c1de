using System.Collections.Generic;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Operations that move blocks of the spatial axes to channels or batch, and back; all take [batch, channels, height, width].</summary>
internal static class BlockShapes
{
    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        ShapeRule.Of("depth_to_space", inputs => ToSpace(inputs, "block_size")),
        ShapeRule.Of("pixel_shuffle", inputs => ToSpace(inputs, "upscale_factor")),
        ShapeRule.Of("space_to_depth", inputs => ToDepth(inputs, "block_size")),
        ShapeRule.Of("pixel_unshuffle", inputs => ToDepth(inputs, "downscale_factor")),
        ShapeRule.Of("space_to_batch", ToBatch),
        ShapeRule.Of("batch_to_space", FromBatch),
    ];

    private static InferredType ToSpace(OperationInputs inputs, string parameter)
    {
        InferredType x = inputs.Type("x");
        return x.Sizes is [var batch, var channels, var height, var width] && inputs.Integer(parameter) is (> 0 and <= short.MaxValue and { } block)
            ? x.With([batch, Divided(channels, block * block, "channels"), Times(height, block), Times(width, block)])
            : x.With(null);
    }

    private static InferredType ToDepth(OperationInputs inputs, string parameter)
    {
        InferredType x = inputs.Type("x");
        return x.Sizes is [var batch, var channels, var height, var width] && inputs.Integer(parameter) is (> 0 and <= short.MaxValue and { } block)
            ? x.With([batch, Times(channels, block * block), Divided(height, block, "rows"), Divided(width, block, "columns")])
            : x.With(null);
    }

    private static InferredType ToBatch(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        return x.Sizes is [var batch, var channels, var height, var width] && Block(inputs) is var (rows, columns) && inputs.Integers("paddings") is [var top, var bottom, var left, var right]
            ? x.With([Times(batch, rows * columns), channels, Divided(Plus(height, top + bottom), rows, "rows"), Divided(Plus(width, left + right), columns, "columns")])
            : x.With(null);
    }

    private static InferredType FromBatch(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        return x.Sizes is [var batch, var channels, var height, var width] && Block(inputs) is var (rows, columns) && inputs.Integers("crops") is [var top, var bottom, var left, var right]
            ? x.With([Divided(batch, rows * columns, "images"), channels, Plus(Times(height, rows), -top - bottom), Plus(Times(width, columns), -left - right)])
            : x.With(null);
    }

    private static (long Rows, long Columns)? Block(OperationInputs inputs) => inputs.Integers("block_shape") is [> 0 and <= short.MaxValue and var rows, > 0 and <= short.MaxValue and var columns]
        ? (rows, columns)
        : null;

    private static long Times(long size, long factor) => ShapeArithmetic.Map(size, known => checked(known * factor));

    private static long Plus(long size, long difference) => ShapeArithmetic.Map(size, known => checked(known + difference));

    private static long Divided(long size, long divisor, string what) => ShapeArithmetic.Map(size, known => known % divisor == 0
        ? known / divisor
        : throw new ShapeContradictionException($"its {known} {what} are no multiple of {divisor}."));
}
