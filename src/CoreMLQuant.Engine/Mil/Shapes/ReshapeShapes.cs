using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Operations that arrange all elements in another shape.</summary>
internal static class ReshapeShapes
{
    private const long Inferred = -1, Copied = 0;

    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        ShapeRule.Of("reshape", Reshape),
        ShapeRule.Of("reshape_like", Like),
        ShapeRule.Of("flatten2d", Flatten),
    ];

    private static InferredType Reshape(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (inputs.Integers("shape") is { } shape)
        {
            return x.With(Arranged(x, shape));
        }

        return x.With(inputs.Types("shape") is [{ Sizes: [>= 0 and <= 16 and var rank] }] ? ShapeArithmetic.UnknownSizes((int)rank) : null);
    }

    private static long[] Arranged(InferredType x, IReadOnlyList<long> shape)
    {
        // Which size a 0 copies is sure only where the ranks are the same.
        long[] wanted = shape.Select((size, axis) => size == Copied ? x.Sizes?.Count == shape.Count ? x.Sizes[axis] : InferredType.UnknownSize : size).ToArray();
        int inferred = shape.Count(size => size == Inferred);
        if (inferred > 1 || shape.Any(size => size < Inferred))
        {
            // Converters write several for sizes that are decided while the model runs.
            return wanted.Select(size => size < 0 ? InferredType.UnknownSize : size).ToArray();
        }

        int[] open = Enumerable.Range(0, wanted.Length).Where(axis => wanted[axis] < 0).ToArray();
        if (x.Count is not { } count || ShapeArithmetic.Product(wanted.Where(size => size >= 0)) is not { } product)
        {
            return wanted;
        }

        bool fits = open.Length == 0 ? product == count : product > 0 ? count % product == 0 : count == 0;
        if (!fits)
        {
            throw new ShapeContradictionException($"it arranges the {count} elements of {ShapeArithmetic.Text(x.Sizes!)} in the shape [{string.Join(", ", shape)}].");
        }

        return open.Length == 1 && product > 0 ? ShapeArithmetic.Replace(wanted, open[0], count / product) : wanted;
    }

    // The shape is put together from parts of other tensors' shapes.
    private static InferredType Like(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        InferredType[] references = inputs.Types("ref_tensors");
        if (references.Any(reference => reference.Sizes is null)
            || inputs.Integers("begins") is not { } begins || inputs.Integers("ends") is not { } ends || inputs.Integers("end_masks") is not { } masks
            || new[] { begins.Count, ends.Count, masks.Count }.Any(count => count != references.Length))
        {
            return x.With(null);
        }

        var sizes = new List<long>();
        for (int i = 0; i < references.Length; i++)
        {
            IReadOnlyList<long> own = references[i].Sizes!;
            long begin = begins[i] < 0 ? begins[i] + own.Count : begins[i], end = masks[i] != 0 ? own.Count : ends[i] < 0 ? ends[i] + own.Count : ends[i];
            if (begin < 0 || end > own.Count || begin > end)
            {
                return x.With(null);
            }

            sizes.AddRange(own.Skip((int)begin).Take((int)(end - begin)));
        }

        return x.With(sizes);
    }

    private static InferredType Flatten(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (x.Sizes is not { } sizes || inputs.Integer("axis", 1) is not { } axis)
        {
            return x.With(ShapeArithmetic.UnknownSizes(2));
        }

        int at = axis == sizes.Count ? sizes.Count : ShapeArithmetic.Axis(axis, sizes.Count);
        return x.With([Product(sizes.Take(at)), Product(sizes.Skip(at))]);
    }

    private static long Product(IEnumerable<long> sizes) => ShapeArithmetic.Product(sizes) ?? InferredType.UnknownSize;
}
