using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.Tensors;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Mil.Weights;

/// <summary>
/// Tells how a compressed constant is made from the types and shapes of its parameters. What a damaged program does not tell is
/// left out: listing weights is no reason to refuse it.
/// </summary>
internal static class MilEncodings
{
    private static readonly string[] Codes = ["quantized_data", "data", "indices", "indices_nonzero_data", "nonzero_data", "source_val"];

    /// <summary>The details of a compressed constant; <see langword="null"/> for a plain one or one that is not known.</summary>
    public static EncodingDetails? Of(OperationNode operation, IReadOnlyList<long> shape)
    {
        OperationNode[] nest = MilWeights.Nest(operation).Where(node => KindOf(node) != WeightEncoding.Plain).ToArray();
        if (nest.Length == 0)
        {
            return null;
        }

        // The scales or tables that lie over the weight itself; others are those of a table.
        OperationNode? blocked = nest.FirstOrDefault(node => KindOf(node) is WeightEncoding.Linear or WeightEncoding.Palettized);
        OperationNode? palettized = nest.FirstOrDefault(node => KindOf(node) == WeightEncoding.Palettized);
        IReadOnlyList<long>? blocks = blocked is null ? null : BlocksOf(blocked, shape);
        blocks = blocks is not null && BlockGrid.Divides(shape, blocks) ? blocks : null;
        (int entries, long tables, int vector) = palettized is null ? default : TablesOf(palettized);
        EncodingStep[] steps = nest.Select(StepOf).ToArray();
        return new EncodingDetails
        {
            Steps = steps,
            Granularity = blocks is null ? null : GranularityOf(shape, blocks),
            BlockShape = blocks is null ? [] : shape.Zip(blocks, (dimension, count) => dimension / count).ToArray(),
            LookupTableSize = entries,
            LookupTableCount = tables,
            VectorSize = vector,
            Sparsity = steps.Select(step => step.Sparsity).FirstOrDefault(share => share is not null),
        };
    }

    /// <summary>Which encoding an operation is; plain for one that is none or not known.</summary>
    public static WeightEncoding KindOf(OperationNode node) => node.Type switch
    {
        "constexpr_cast" => WeightEncoding.Cast,
        "constexpr_affine_dequantize" or "constexpr_blockwise_shift_scale" or "constexpr_sparse_blockwise_shift_scale" => WeightEncoding.Linear,
        "constexpr_lut_to_dense" or "constexpr_lut_to_sparse" => WeightEncoding.Palettized,
        "constexpr_sparse_to_dense" => WeightEncoding.Sparse,
        _ => WeightEncoding.Plain,
    };

    private static EncodingStep StepOf(OperationNode node)
    {
        WeightEncoding kind = KindOf(node);
        if (kind == WeightEncoding.Sparse)
        {
            long? stored = MilTypes.ElementCount(TypeOf(node, "nonzero_data")), count = MilTypes.ElementCount(node.Outputs.FirstOrDefault()?.Declaration.Type);
            return new EncodingStep(kind, 0, stored is null || count is null or 0 ? null : 1 - ((double)stored / count));
        }

        // Below CoreML8 indices are bytes that hold a packed stream; the table's length tells the width.
        int bits = TypeOf(node, "shape") is not null && kind == WeightEncoding.Palettized
            ? BitsFor(TablesOf(node).Entries)
            : Codes.Select(name => TypeOf(node, name)).Where(type => type is not null).Select(BitsOf).FirstOrDefault();
        return new EncodingStep(kind, bits, null);

        // Floats that are scaled are no codes.
        int BitsOf(ValueType? type) => kind == WeightEncoding.Linear && MilTypes.ElementTypeOf(type) is ElementType.Float16 or ElementType.Float32
            ? 0
            : MilTypes.ElementTypeOf(type).BitWidth();
    }

    private static IReadOnlyList<long>? BlocksOf(OperationNode node, IReadOnlyList<long> shape)
    {
        if (node.Type == "constexpr_affine_dequantize")
        {
            long scales = Math.Max(MilTypes.ElementCount(TypeOf(node, "scale")) ?? 1, MilTypes.ElementCount(TypeOf(node, "zero_point")) ?? 1);
            int axis = shape.ToList().IndexOf(scales);
            return scales == 1 ? Ones(shape) : axis < 0 ? null : shape.Select((dimension, index) => index == axis ? dimension : 1).ToArray();
        }

        if (KindOf(node) == WeightEncoding.Linear)
        {
            return MilTypes.ShapeOf(TypeOf(node, "scale"));
        }

        return TypeOf(node, "shape") is not null ? Ones(shape) : MilTypes.ShapeOf(TypeOf(node, "lut")).Take(shape.Count).ToArray();
    }

    private static (int Entries, long Tables, int VectorSize) TablesOf(OperationNode node)
    {
        IReadOnlyList<long> lut = MilTypes.ShapeOf(TypeOf(node, "lut"));
        if (lut.Count == 1)
        {
            return ((int)Math.Min(lut[0], int.MaxValue), 1, 1);
        }

        return lut.Count < 3 || lut.Any(dimension => dimension < 1) || MilTypes.ElementCount(TypeOf(node, "lut")) is not { } values
            ? default
            : ((int)Math.Min(lut[lut.Count - 2], int.MaxValue), values / lut[lut.Count - 2] / lut[lut.Count - 1], (int)Math.Min(lut[lut.Count - 1], int.MaxValue));
    }

    // One scale for each index of one axis is what the field calls per channel.
    private static Granularity GranularityOf(IReadOnlyList<long> shape, IReadOnlyList<long> blocks)
    {
        int[] cut = Enumerable.Range(0, blocks.Count).Where(axis => blocks[axis] > 1).ToArray();
        return cut.Length == 0 ? Granularity.PerTensor
            : cut.Length == 1 && blocks[cut[0]] == shape[cut[0]] ? Granularity.PerChannel
            : Granularity.PerBlock;
    }

    private static ValueType? TypeOf(OperationNode node, string parameter)
    {
        if (node.Message.Attribute(parameter) is { } attribute)
        {
            return attribute.Type;
        }

        return node.Inputs.FirstOrDefault(input => input.Parameter == parameter)?.Type;
    }

    private static long[] Ones(IReadOnlyList<long> shape) => shape.Select(_ => 1L).ToArray();

    private static int BitsFor(int entries)
    {
        int bits = 0;
        while (1 << bits < entries && bits < 8)
        {
            bits++;
        }

        return bits;
    }
}
