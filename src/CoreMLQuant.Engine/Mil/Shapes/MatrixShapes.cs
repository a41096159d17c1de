using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Products of matrices.</summary>
internal static class MatrixShapes
{
    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All =>
    [
        ShapeRule.Of("linear", Linear),
        ShapeRule.Of("matmul", Product),
        ShapeRule.Of("einsum", Einsum),
        ShapeRule.Of("scaled_dot_product_attention", Attention),
    ];

    // The weight is [out, in].
    private static InferredType Linear(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x");
        if (x.Sizes is not { Count: > 0 } sizes || inputs.Type("weight").Sizes is not [var outputs, var features])
        {
            return x.With(null);
        }

        ShapeArithmetic.Same(sizes[sizes.Count - 1], features, "the features of its input and of its weight");
        if (inputs.Type("bias").Sizes is [var count])
        {
            ShapeArithmetic.Same(outputs, count, "its output features and the values of its bias");
        }

        return x.With(ShapeArithmetic.Replace(sizes, sizes.Count - 1, outputs));
    }

    private static InferredType Product(OperationInputs inputs)
    {
        InferredType x = inputs.Type("x"), y = inputs.Type("y");
        ElementType type = InferredType.CommonElementType(x, y);
        if (x.Sizes is not { Count: > 1 } left || y.Sizes is not { Count: > 1 } right
            || inputs.Flag("transpose_x", false) is not { } transposesX || inputs.Flag("transpose_y", false) is not { } transposesY)
        {
            return new InferredType(type, null);
        }

        (long rows, long inner) = Matrix(left, transposesX);
        (long other, long columns) = Matrix(right, transposesY);
        ShapeArithmetic.Same(inner, other, "the columns of its first factor and the rows of its second");
        IReadOnlyList<long>? batch = ShapeArithmetic.Broadcast(left.Take(left.Count - 2).ToArray(), right.Take(right.Count - 2).ToArray());
        return new InferredType(type, [.. batch!, rows, columns]);
    }

    private static (long Rows, long Columns) Matrix(IReadOnlyList<long> sizes, bool isTransposed) => isTransposed
        ? (sizes[sizes.Count - 1], sizes[sizes.Count - 2])
        : (sizes[sizes.Count - 2], sizes[sizes.Count - 1]);

    // A letter for each axis, one term for each value: "nchw,nwhu->nchu".
    private static InferredType Einsum(OperationInputs inputs)
    {
        InferredType[] values = inputs.Types("values");
        string[] sides = (inputs.Text("equation") ?? string.Empty).Replace(" ", string.Empty).Split(["->"], System.StringSplitOptions.None);
        InferredType unknown = new(InferredType.CommonElementType(values), null);
        if (sides is not [var left, var right] || left.Split(',') is not { } terms || terms.Length != values.Length || !right.All(char.IsLetter))
        {
            return unknown;
        }

        var sizes = new Dictionary<char, long>();
        for (int i = 0; i < terms.Length; i++)
        {
            if (values[i].Sizes is not { } own || own.Count != terms[i].Length)
            {
                return unknown;
            }

            for (int axis = 0; axis < own.Count; axis++)
            {
                // What stands for two sizes is stretched or wrong: not sure.
                char letter = terms[i][axis];
                sizes[letter] = !sizes.TryGetValue(letter, out long known) || known == own[axis] ? own[axis] : InferredType.UnknownSize;
            }
        }

        return unknown.With(right.Select(letter => sizes.TryGetValue(letter, out long size) ? size : InferredType.UnknownSize).ToArray());
    }

    // [..., queries, width] by [..., keys, width] by [..., keys, value width].
    private static InferredType Attention(OperationInputs inputs)
    {
        InferredType query = inputs.Type("query"), key = inputs.Type("key");
        if (query.Sizes is not { Count: > 1 } q || key.Sizes is not { Count: > 1 } k || inputs.Type("value").Sizes is not { Count: > 1 } v)
        {
            return query.With(null);
        }

        ShapeArithmetic.Same(q[q.Count - 1], k[k.Count - 1], "the last axes of its query and its key");
        ShapeArithmetic.Same(k[k.Count - 2], v[v.Count - 2], "the lengths of its key and its value");
        bool isSameBatch = q.Count == v.Count && q.Take(q.Count - 2).SequenceEqual(v.Take(v.Count - 2));
        return query.With([.. isSameBatch ? q.Take(q.Count - 2) : ShapeArithmetic.UnknownSizes(q.Count - 2), q[q.Count - 2], v[v.Count - 1]]);
    }
}
