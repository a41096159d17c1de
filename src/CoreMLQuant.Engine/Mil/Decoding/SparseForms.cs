using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.Mil.Decoding;

/// <summary>
/// The compressed constants with a mask. Those that give a mask and the stored values are decoded where their values stand in
/// the dense tensor, because scales and tables lie over that; what takes both outputs of one takes that tensor.
/// </summary>
internal static class SparseForms
{
    private const string LutToSparse = "constexpr_lut_to_sparse";
    private const string SparseShiftScale = "constexpr_sparse_blockwise_shift_scale";

    /// <summary>Whether an operation gives a mask and the stored values.</summary>
    public static bool IsSparse(string operationType) => operationType is LutToSparse or SparseShiftScale;

    /// <summary>Decodes an operation that gives a mask and the stored values.</summary>
    public static (BitMask Mask, DecodedWeight Dense) Decode(WeightDecoder decoder, ConstexprOperands parameters)
    {
        if (parameters.Operation.Outputs.Count != 2)
        {
            throw parameters.Broken($"there are {parameters.Operation.Outputs.Count} outputs; a mask and the stored values are required.");
        }

        if (parameters.Operation.Type == SparseShiftScale)
        {
            (BitMask dataMask, TensorValues data, Operand stored, IReadOnlyList<long> dataShape) = Spread(decoder, parameters, "data_mask", "nonzero_data");
            return (dataMask, ConstexprForms.ShiftScale(decoder, parameters, data, stored.Type, dataShape));
        }

        (BitMask mask, TensorValues values, Operand indices, IReadOnlyList<long> shape) = Spread(decoder, parameters, "indices_mask", "indices_nonzero_data");
        (DecodedWeight weight, VectorAxis? vector) = ConstexprForms.LookUp(decoder, parameters, values, indices.Type, shape);
        return (vector is null ? mask : new RepeatedMask(mask, vector), weight);
    }

    /// <summary>One output of such an operation.</summary>
    /// <param name="sparse">What the operation decodes to.</param>
    /// <param name="index">0 for the mask, 1 for the stored values.</param>
    public static DecodedWeight Output((BitMask Mask, DecodedWeight Dense) sparse, int index) => index == 0
        ? new DecodedWeight(ElementType.UInt1, sparse.Dense.Shape, new MaskBits(sparse.Mask))
        : new DecodedWeight(sparse.Dense.ElementType, [sparse.Mask.Ones], new GatheredValues(sparse.Mask, sparse.Dense.Values));

    /// <summary>Decodes a mask and stored values to a dense tensor.</summary>
    public static DecodedWeight ToDense(WeightDecoder decoder, ConstexprOperands parameters)
    {
        if (!parameters.Has("shape"))
        {
            (BitMask mask, TensorValues values, Operand stored, IReadOnlyList<long> dimensions) = Spread(decoder, parameters, "mask", "nonzero_data");
            return new DecodedWeight(stored.Type, dimensions, values as SparseValues ?? (TensorValues)new MaskedValues(mask, values));
        }

        // Up to CoreML7: the mask is packed into bytes and the shape a parameter of its own.
        long[] shape = parameters.Integers(parameters.Required("shape"));
        long count = BlockGrid.Whole(shape).ElementCount;
        TensorData bytes = parameters.Bytes(parameters.Vector("mask"), ElementType.UInt8);
        if (bytes.Length != ElementType.UInt1.ByteCount(count))
        {
            throw parameters.Broken($"the mask of {count} elements takes {ElementType.UInt1.ByteCount(count)} bytes, but {bytes.Length} are stored.");
        }

        Operand nonzero = parameters.Vector("nonzero_data");
        return new DecodedWeight(nonzero.Type, shape, Checked(decoder, parameters, new PackedMask(bytes.Data!, count), nonzero));
    }

    /// <summary>A mask and stored values as a dense tensor, whose values at the mask's zeros mean nothing.</summary>
    private static (BitMask Mask, TensorValues Values, Operand Stored, IReadOnlyList<long> Shape) Spread(
        WeightDecoder decoder, ConstexprOperands parameters, string maskName, string storedName)
    {
        Operand mask = parameters.Required(maskName), stored = parameters.Vector(storedName);
        parameters.CheckType(mask, ElementType.UInt1);
        if (mask.Made is not { Maker: { } maker })
        {
            var packed = new PackedMask(parameters.Bytes(mask, ElementType.UInt1).Data!, mask.Count);
            return (packed, Checked(decoder, parameters, packed, stored), stored, mask.Shape);
        }

        if (!IsSparse(maker.Type) || maker.Outputs[0] != mask.Made)
        {
            throw parameters.Broken($"'{maskName}' is '{mask.Made.Name}', which is not a mask.");
        }

        (BitMask made, DecodedWeight dense) = decoder.Sparse(maker);
        if (!mask.Shape.SequenceEqual(dense.Shape))
        {
            throw parameters.Broken($"'{maskName}' is declared as {ConstexprOperands.Text(mask.Shape)} but is {ConstexprOperands.Text(dense.Shape)}.");
        }

        bool isPair = stored.Made?.Maker == maker && maker.Outputs[1] == stored.Made && stored.Type == dense.ElementType;
        return (made, isPair ? dense.Values : Checked(decoder, parameters, made, stored), stored, mask.Shape);
    }

    private static SparseValues Checked(WeightDecoder decoder, ConstexprOperands parameters, BitMask mask, Operand stored)
    {
        if (mask.Ones != stored.Count)
        {
            throw parameters.Broken($"the mask has {mask.Ones} ones, but '{stored.Name}' has {stored.Count} values.");
        }

        return new SparseValues(mask, decoder.Values(parameters, stored));
    }
}
