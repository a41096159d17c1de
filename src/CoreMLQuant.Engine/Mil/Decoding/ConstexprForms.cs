using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.Mil.Decoding;

/// <summary>The compressed constants that give one dense tensor. Definitions: coremltools' operations of iOS 16 and iOS 18.</summary>
internal static class ConstexprForms
{
    private static readonly ElementType[] Floats = [ElementType.Float16, ElementType.Float32];

    private static readonly Dictionary<string, Func<WeightDecoder, ConstexprOperands, DecodedWeight>> Decoders = new(StringComparer.Ordinal)
    {
        ["constexpr_cast"] = Cast,
        ["constexpr_affine_dequantize"] = AffineDequantize,
        ["constexpr_blockwise_shift_scale"] = BlockwiseShiftScale,
        ["constexpr_lut_to_dense"] = (decoder, parameters) => parameters.Has("shape") ? PackedLutToDense(decoder, parameters) : LutToDense(decoder, parameters),
        ["constexpr_sparse_to_dense"] = SparseForms.ToDense,
    };

    /// <summary>Whether an operation is a compression that can be decoded.</summary>
    public static bool IsKnown(string operationType) => Decoders.ContainsKey(operationType) || SparseForms.IsSparse(operationType);

    /// <summary>Decodes an operation.</summary>
    public static DecodedWeight Decode(WeightDecoder decoder, ConstexprOperands parameters) => Decoders[parameters.Operation.Type](decoder, parameters);

    /// <summary>Values of a block-wise quantized tensor: scales of the data's rank, offsets of the scales' shape.</summary>
    /// <param name="decoder">Decodes what parameters are made of.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="data">The stored numbers, dense.</param>
    /// <param name="dataType">Their type.</param>
    /// <param name="shape">Dimensions.</param>
    public static DecodedWeight ShiftScale(
        WeightDecoder decoder, ConstexprOperands parameters, TensorValues data, ElementType dataType, IReadOnlyList<long> shape)
    {
        Operand scale = parameters.Required("scale");
        parameters.CheckType(scale, Floats);
        BlockGrid grid = Grid(parameters, scale, shape, scale.Shape);
        if (parameters.Find("offset") is not { } offset)
        {
            return new DecodedWeight(scale.Type, shape, new LinearValues(data, grid, decoder.Values(parameters, scale), null, Rounding(scale.Type, dataType, scale.Type)));
        }

        if (!offset.Shape.SequenceEqual(scale.Shape))
        {
            throw parameters.Broken($"'offset' has the shape {ConstexprOperands.Text(offset.Shape)}, 'scale' {ConstexprOperands.Text(scale.Shape)}; they must be the same.");
        }

        if (!Floats.Contains(offset.Type))
        {
            parameters.CheckType(offset, dataType);
        }

        LinearRounding rounding = Rounding(scale.Type, dataType, offset.Type);
        return new DecodedWeight(
            scale.Type, shape, new LinearValues(data, grid, decoder.Values(parameters, scale), decoder.Values(parameters, offset), rounding));
    }

    /// <summary>Values of a tensor palettized with tables of rank K + 2: groups, entries, vectors.</summary>
    /// <param name="decoder">Decodes what parameters are made of.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="indices">The indices, dense.</param>
    /// <param name="indexType">Their type.</param>
    /// <param name="shape">Their dimensions.</param>
    /// <returns>The values, and the axis of the vectors when there are any.</returns>
    public static (DecodedWeight Weight, VectorAxis? Vector) LookUp(
        WeightDecoder decoder, ConstexprOperands parameters, TensorValues indices, ElementType indexType, IReadOnlyList<long> shape)
    {
        Operand lut = parameters.Required("lut");
        int rank = shape.Count;
        if (rank == 0 || lut.Shape.Count != rank + 2)
        {
            throw parameters.Broken($"'lut' has the shape {ConstexprOperands.Text(lut.Shape)}; for indices of {rank} dimensions it needs {rank + 2}.");
        }

        int bits = indexType switch
        {
            ElementType.UInt1 => 1,
            ElementType.UInt2 => 2,
            ElementType.UInt3 => 3,
            ElementType.UInt4 => 4,
            ElementType.UInt6 => 6,
            ElementType.UInt8 => 8,
            _ => throw parameters.Broken($"the indices are {indexType}; they must be unsigned integers of 1, 2, 3, 4, 6 or 8 bits."),
        };
        long entries = lut.Shape[rank], size = lut.Shape[rank + 1];
        if (entries != 1L << bits)
        {
            throw parameters.Broken($"the tables have {entries} entries; indices of {bits} bits require {1 << bits}.");
        }

        if (size < 1)
        {
            throw parameters.Broken("the tables' vectors are empty.");
        }

        IReadOnlyList<long> groups = lut.Shape.Take(rank).ToArray();
        Grid(parameters, lut, shape, groups);
        VectorAxis? vector = null;
        long[] values = shape.ToArray();
        if (size > 1)
        {
            int axis = parameters.Axis("vector_axis", rank);
            vector = new VectorAxis(shape, axis, checked((int)size));
            values[axis] = checked(values[axis] * size);
        }

        return (new DecodedWeight(
            lut.Type,
            values,
            new PalettizedValues(indices, new BlockGrid(values, groups), decoder.Values(parameters, lut), (int)entries, vector)), vector);
    }

    private static DecodedWeight Cast(WeightDecoder decoder, ConstexprOperands parameters)
    {
        Operand source = parameters.Required("source_val");
        parameters.CheckType(source, ElementType.Float16);
        return parameters.TextOf("output_dtype") == "fp32"
            ? new DecodedWeight(ElementType.Float32, source.Shape, decoder.Values(parameters, source))
            : throw parameters.Broken("'output_dtype' must be fp32.");
    }

    private static DecodedWeight AffineDequantize(WeightDecoder decoder, ConstexprOperands parameters)
    {
        Operand data = parameters.Required("quantized_data"), scale = parameters.Required("scale"), offset = parameters.Required("zero_point");
        parameters.CheckType(data, ElementType.UInt8, ElementType.Int8);
        parameters.CheckType(scale, Floats);
        parameters.CheckType(offset, ElementType.UInt8, ElementType.Int8, ElementType.Float32);
        int axis = parameters.Axis("axis", data.Shape.Count);
        long[] blocks = data.Shape.Select(_ => 1L).ToArray();
        if (scale.Shape.Count > 0 || offset.Shape.Count > 0)
        {
            blocks[axis] = data.Shape[axis];
        }

        BlockGrid grid = Grid(parameters, data, data.Shape, blocks);
        LinearRounding rounding = scale.Type == ElementType.Float16 ? LinearRounding.Result : LinearRounding.None;
        return new DecodedWeight(
            scale.Type, data.Shape, new LinearValues(decoder.Values(parameters, data), grid, ForEachBlock(scale), ForEachBlock(offset), rounding));

        TensorValues ForEachBlock(Operand operand)
        {
            TensorValues values = decoder.Values(parameters, operand);
            if (operand.Shape.Count == 0)
            {
                float[] repeated = new float[grid.BlockCount];
                values.Read(0, repeated.AsSpan(0, 1));
                repeated.AsSpan().Fill(repeated[0]);
                return new ArrayValues(repeated);
            }

            return operand.Shape.Count == 1 && operand.Count == grid.BlockCount
                ? values
                : throw parameters.Broken($"'{operand.Name}' has the shape {ConstexprOperands.Text(operand.Shape)}; it must be a scalar or a vector of {data.Shape[axis]} along axis {axis}.");
        }
    }

    private static DecodedWeight BlockwiseShiftScale(WeightDecoder decoder, ConstexprOperands parameters)
    {
        Operand data = parameters.Required("data");
        parameters.CheckType(data, ElementType.Int4, ElementType.UInt4, ElementType.Int8, ElementType.UInt8, ElementType.Float16, ElementType.Float32);
        return ShiftScale(decoder, parameters, decoder.Values(parameters, data), data.Type, data.Shape);
    }

    // Up to CoreML7: one table, indices packed into bytes, the shape a parameter of its own.
    private static DecodedWeight PackedLutToDense(WeightDecoder decoder, ConstexprOperands parameters)
    {
        Operand lut = parameters.Vector("lut");
        ElementType type = lut.Count switch
        {
            2 => ElementType.UInt1,
            4 => ElementType.UInt2,
            16 => ElementType.UInt4,
            64 => ElementType.UInt6,
            256 => ElementType.UInt8,
            _ => throw parameters.Broken($"the table has {lut.Count} entries; it must have 2, 4, 16, 64 or 256."),
        };
        long[] shape = parameters.Integers(parameters.Required("shape"));
        BlockGrid grid = BlockGrid.Whole(shape);
        TensorData indices = parameters.Bytes(parameters.Vector("indices"), ElementType.UInt8);
        long length = type.ByteCount(grid.ElementCount);
        if (indices.Length != length)
        {
            throw parameters.Broken($"{grid.ElementCount} indices of {type.BitWidth()} bits take {length} bytes, but {indices.Length} are stored.");
        }

        var values = new StoredValues(indices.Data!, type, grid.ElementCount);
        return new DecodedWeight(lut.Type, shape, new PalettizedValues(values, grid, decoder.Values(parameters, lut), (int)lut.Count, null));
    }

    private static DecodedWeight LutToDense(WeightDecoder decoder, ConstexprOperands parameters)
    {
        Operand indices = parameters.Required("indices");
        return LookUp(decoder, parameters, decoder.Values(parameters, indices), indices.Type, indices.Shape).Weight;
    }

    private static BlockGrid Grid(ConstexprOperands parameters, Operand operand, IReadOnlyList<long> shape, IReadOnlyList<long> blocks) =>
        BlockGrid.Divides(shape, blocks)
            ? new BlockGrid(shape, blocks)
            : throw parameters.Broken($"the shape {ConstexprOperands.Text(operand.Shape)} of '{operand.Name}' does not divide {ConstexprOperands.Text(shape)}.");

    // From CoreML8 on the arithmetic is done in the scale's type. FP16 holds all integers of 8 bits and their differences.
    private static LinearRounding Rounding(ElementType scale, ElementType data, ElementType offset) =>
        scale != ElementType.Float16 ? LinearRounding.None
        : offset == ElementType.Float32 ? LinearRounding.Result
        : Floats.Contains(data) || offset == ElementType.Float16 ? LinearRounding.EachStep
        : LinearRounding.Result;
}
