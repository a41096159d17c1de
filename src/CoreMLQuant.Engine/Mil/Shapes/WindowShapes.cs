using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Operations that move a window over the spatial axes, which come after batch and channels: convolutions and poolings.</summary>
internal static class WindowShapes
{
    private const int FirstSpatialAxis = 2;

    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        ShapeRule.Of("conv", Convolution),
        ShapeRule.Of("conv_quantized", Convolution),
        ShapeRule.Of("conv_transpose", Transposed),
        ShapeRule.Of("max_pool", Pooling),
        ShapeRule.Of("avg_pool", Pooling),
        ShapeRule.Of("l2_pool", Pooling),
    ];

    private static InferredType Convolution(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (SameRank(x, inputs.Type("weight")) is not var (sizes, weight))
        {
            return x.With(null);
        }

        if (inputs.Integer("groups", 1) is { } groups)
        {
            ShapeArithmetic.Same(sizes[1], ShapeArithmetic.Map(weight[1], channels => checked(channels * groups)), "the channels of its input and of its weight");
        }

        CheckBias(inputs, weight[0]);
        return x.With(Windowed(inputs, sizes, weight[0], weight.Skip(FirstSpatialAxis).ToArray(), ceils: false));
    }

    private static InferredType Transposed(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (SameRank(x, inputs.Type("weight")) is not var (sizes, weight))
        {
            return x.With(null);
        }

        ShapeArithmetic.Same(sizes[1], weight[0], "the channels of its input and of its weight");
        long channels = inputs.Integer("groups", 1) is { } groups ? ShapeArithmetic.Map(weight[1], count => checked(count * groups)) : InferredType.UnknownSize;
        CheckBias(inputs, channels);
        if (inputs.Has("output_shape"))
        {
            return x.With(Wanted(inputs.Integers("output_shape"), sizes, channels));
        }

        var window = Window.Of(inputs, weight.Skip(FirstSpatialAxis).ToArray());
        return x.With([sizes[0], channels, .. sizes.Skip(FirstSpatialAxis).Select((size, axis) => window?.Spread(axis, size) ?? InferredType.UnknownSize)]);
    }

    private static IReadOnlyList<long> Wanted(IReadOnlyList<long>? wanted, IReadOnlyList<long> sizes, long channels)
    {
        if (wanted is null || wanted.Count != sizes.Count)
        {
            return [sizes[0], channels, .. ShapeArithmetic.UnknownSizes(sizes.Count - FirstSpatialAxis)];
        }

        ShapeArithmetic.Same(channels, wanted[1], "the channels of its weight and of its output_shape");
        ShapeArithmetic.Same(sizes[0], wanted[0], "the batches of its input and of its output_shape");
        return wanted;
    }

    private static InferredType Pooling(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (x.Sizes is not { Count: > FirstSpatialAxis } sizes || inputs.Integers("kernel_sizes") is not { } kernel)
        {
            return x.With(x.Rank is { } rank ? ShapeArithmetic.UnknownSizes(rank) : null);
        }

        if (kernel.Count != sizes.Count - FirstSpatialAxis)
        {
            throw new ShapeContradictionException($"its window has {kernel.Count} axes, its input {sizes.Count - FirstSpatialAxis} spatial ones.");
        }

        return x.With(Windowed(inputs, sizes, sizes[1], kernel, inputs.Flag("ceil_mode", false)));
    }

    private static IReadOnlyList<long> Windowed(OperationInputs inputs, IReadOnlyList<long> sizes, long channels, IReadOnlyList<long> kernel, bool? ceils)
    {
        var window = Window.Of(inputs, kernel);
        var windowed = new long[sizes.Count];
        (windowed[0], windowed[1]) = (sizes[0], channels);
        for (int axis = FirstSpatialAxis; axis < windowed.Length; axis++)
        {
            windowed[axis] = window?.Steps(axis - FirstSpatialAxis, sizes[axis], ceils) ?? InferredType.UnknownSize;
        }

        return windowed;
    }

    private static (IReadOnlyList<long> Sizes, IReadOnlyList<long> Weight)? SameRank(InferredType x, InferredType weight) =>
        x.Sizes is not { } sizes || weight.Sizes is not { } own ? null
        : sizes.Count == own.Count && sizes.Count > FirstSpatialAxis ? (sizes, own)
        : throw new ShapeContradictionException($"its input has the shape {ShapeArithmetic.Text(sizes)} and its weight {ShapeArithmetic.Text(own)}; both have batch, channels and the same spatial axes.");

    private static void CheckBias(OperationInputs inputs, long channels)
    {
        if (inputs.Type("bias").Sizes is [var count])
        {
            ShapeArithmetic.Same(channels, count, "its output channels and the values of its bias");
        }
    }
}
