using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Compression.Coding;
using CoreMLQuant.Models;
using CoreMLQuant.Packaging;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Compression;

/// <summary>Writes one encoded weight as the operations of an opset: what each encoding is called, and what its parameters are.</summary>
/// <param name="writer">Edits the program.</param>
/// <param name="tensors">Makes the values.</param>
/// <param name="candidate">The weight.</param>
/// <param name="form">Names this encoding among those of the same data.</param>
internal sealed class WeightEmitter(ConstexprWriter writer, TensorWriter tensors, WeightCandidate candidate, string form)
{
    private readonly Operation _operation = candidate.Node.Message;
    private int _order;

    /// <summary>Integers with scales.</summary>
    public void Linear(EncodedWeight weight)
    {
        EncodedPart data = weight.Parts[0], scale = Part(weight, "scale")!;
        EncodedPart? offset = Part(weight, "offset");
        if (writer.HasInputs)
        {
            writer.Turn(
                _operation,
                "constexpr_blockwise_shift_scale",
                ("data", Tensor(data)),
                ("scale", Tensor(scale)),
                ("offset", offset is null ? null : Tensor(offset)));
            return;
        }

        // One axis may have scales; a scale for all is a scalar. The zero point is required.
        int axis = Math.Max(scale.Shape.ToList().FindIndex(count => count > 1), 0);
        long[] shape = scale.Shape[axis] > 1 ? [scale.Shape[axis]] : [];
        long count = scale.Shape[axis];
        writer.Turn(
            _operation,
            "constexpr_affine_dequantize",
            ("quantized_data", Tensor(data)),
            ("zero_point", Tensor("offset", data.Type, shape, offset?.Data ?? new LiteralPart(new byte[count]))),
            ("scale", Tensor("scale", scale.Type, shape, scale.Data)),
            ("axis", ConstexprArgument.Of(MilTypes.Integer(axis))));
    }

    /// <summary>A mask and the values other than zero.</summary>
    public void Sparse(EncodedWeight weight)
    {
        EncodedPart mask = weight.Parts[0], nonZero = weight.Parts[1];
        if (writer.HasInputs)
        {
            writer.Turn(_operation, "constexpr_sparse_to_dense", ("nonzero_data", Tensor(nonZero)), ("mask", Tensor(mask)));
            return;
        }

        writer.Turn(
            _operation,
            "constexpr_sparse_to_dense",
            ("nonzero_data", Tensor(nonZero)),
            ("mask", PackedBytes(mask)),
            ("shape", Shape(candidate.Site.Shape)));
    }

    private static EncodedPart? Part(EncodedWeight weight, string name) => weight.Parts.FirstOrDefault(part => part.Name == name);

    private ConstexprArgument Tensor(EncodedPart part) => Tensor(part.Name, part.Type, part.Shape, part.Data);

    // The number keeps the tensors of a weight in the order in which they are asked for, codes before tables.
    private ConstexprArgument Tensor(string name, ElementType type, IReadOnlyList<long> shape, OutputPart data) =>
        ConstexprArgument.Of(tensors.Write(candidate.Stored, candidate.Reference, $"{form}/{_order++} {name}", type, shape, data));

    // Below CoreML8 packed bits are bytes in one row, and the shape is a parameter of its own.
    private ConstexprArgument PackedBytes(EncodedPart part) => Tensor(part.Name, ElementType.UInt8, [part.Data.Length], part.Data);

    private static ConstexprArgument Shape(IReadOnlyList<long> shape)
    {
        byte[] bytes = new byte[shape.Count * sizeof(uint)];
        for (int i = 0; i < shape.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)), checked((uint)shape[i]));
        }

        return ConstexprArgument.Of(new Value
        {
            Type = MilTypes.Tensor(ElementType.UInt32, [shape.Count]),
            ImmediateValue = new Value.Types.ImmediateValue
            {
                Tensor = new TensorValue { Bytes = new TensorValue.Types.RepeatedBytes { Values = Google.Protobuf.ByteString.CopyFrom(bytes) } },
            },
        });
    }
}
