using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Operations that join tensors or take them apart.</summary>
internal static class JoinShapes
{
    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        ShapeRule.Of("concat", Concat),
        ShapeRule.Of("stack", Stack),
        new ShapeRule("split", Split),
        ShapeRule.Of("tile", Tile),
    ];

    private static InferredType Concat(OperationInputs inputs)
    {
        InferredType[] values = inputs.Types("values");
        ElementType type = InferredType.CommonElementType(values);
        if (values.Length == 0 || values.Any(value => value.Sizes is null) || inputs.Integer("axis") is not { } axis)
        {
            return new InferredType(type, null);
        }

        IReadOnlyList<long>[] shapes = values.Select(value => value.Sizes is { Count: 0 } ? [1L] : value.Sizes!).ToArray();
        IReadOnlyList<long> joined = shapes[0];
        int at = ShapeArithmetic.Axis(axis, joined.Count);
        foreach (IReadOnlyList<long> shape in shapes.Skip(1))
        {
            joined = Joined(joined, shape, at);
        }

        return new InferredType(type, ShapeArithmetic.Replace(joined, at, ShapeArithmetic.Sum(shapes.Select(shape => shape[at]))));
    }

    private static InferredType Stack(OperationInputs inputs)
    {
        InferredType[] values = inputs.Types("values");
        ElementType type = InferredType.CommonElementType(values);
        if (values.Length == 0 || values.Any(value => value.Sizes is null) || inputs.Integer("axis") is not { } axis)
        {
            return new InferredType(type, null);
        }

        IReadOnlyList<long> common = values.Select(value => value.Sizes!).Aggregate((one, other) => Joined(one, other, null));
        int at = ShapeArithmetic.Axis(axis, common.Count + 1);
        return new InferredType(type, [.. common.Take(at), values.Length, .. common.Skip(at)]);
    }

    // What is known of the axes that two values share.
    private static long[] Joined(IReadOnlyList<long> one, IReadOnlyList<long> other, int? exceptAxis) => one.Count == other.Count
        ? one.Select((size, axis) => axis == exceptAxis ? size : ShapeArithmetic.Same(size, other[axis], $"the sizes of its values on axis {axis}")).ToArray()
        : throw new ShapeContradictionException($"its values have the shapes {ShapeArithmetic.Text(one)} and {ShapeArithmetic.Text(other)}, of different ranks.");

    private static IReadOnlyList<InferredType>? Split(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (x.Sizes is not { } sizes || inputs.Integer("axis") is not { } axis)
        {
            return null;
        }

        int at = ShapeArithmetic.Axis(axis, sizes.Count);
        if (inputs.Has("split_sizes"))
        {
            if (inputs.Integers("split_sizes") is not { } parts)
            {
                return null;
            }

            ShapeArithmetic.Same(sizes[at], ShapeArithmetic.Sum(parts), $"the size of axis {at} and the sum of its parts");
            return parts.Select(size => x.With(ShapeArithmetic.Replace(sizes, at, size))).ToArray();
        }

        if (inputs.Integer("num_splits") is not (> 0 and <= int.MaxValue and { } count))
        {
            return null;
        }

        return sizes[at] % count == 0 || !ShapeArithmetic.IsKnown(sizes[at])
            ? Enumerable.Repeat(x.With(ShapeArithmetic.Replace(sizes, at, ShapeArithmetic.Map(sizes[at], size => size / count))), (int)count).ToArray()
            : throw new ShapeContradictionException($"it splits axis {at} of {sizes[at]} elements into {count} equal parts.");
    }

    private static InferredType Tile(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (x.Sizes is not { } sizes)
        {
            return x;
        }

        return inputs.Integers("reps") is not { } counts || counts.Any(count => count < 0) ? x.With(ShapeArithmetic.UnknownSizes(sizes.Count))
            : counts.Count == sizes.Count ? x.With(sizes.Select((size, axis) => ShapeArithmetic.Map(size, known => checked(known * counts[axis]))).ToArray())
            : throw new ShapeContradictionException($"its reps has {counts.Count} values for {sizes.Count} axes.");
    }
}
