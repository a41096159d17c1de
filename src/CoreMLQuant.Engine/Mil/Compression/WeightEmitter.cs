using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Coding;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
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

    /// <summary>Codes for all values: integers with scales, or indices with tables.</summary>
    public void Dense(EncodedWeight weight, int? vectorAxis)
    {
        if (Part(weight, "lut") is { } lut)
        {
            Palettized(weight, lut, vectorAxis);
        }
        else if (writer.HasInputs)
        {
            writer.Turn(_operation, "constexpr_blockwise_shift_scale", [("data", Tensor(weight.Parts[0])), .. Scales(weight, string.Empty)]);
        }
        else
        {
            AffineDequantize(weight);
        }
    }

    /// <summary>A mask, and floats or codes for the values other than zero.</summary>
    public void Sparse(EncodedWeight weight, int? vectorAxis)
    {
        if (weight.Parts.Count == 2)
        {
            ToDense(weight);
        }
        else if (Part(weight, "lut") is { } lut)
        {
            ConstexprArgument mask = Tensor(weight.Parts[0]), indices = Tensor(weight.Parts[1]);
            SparseToDense(Insert(
                weight,
                "constexpr_lut_to_sparse",
                ("indices_mask", mask),
                ("indices_nonzero_data", indices),
                ("lut", Table(weight, lut)),
                ("vector_axis", vectorAxis is { } axis ? ConstexprArgument.Of(MilTypes.Integer(axis)) : null)));
        }
        else
        {
            SparseToDense(Insert(
                weight,
                "constexpr_sparse_blockwise_shift_scale",
                [("data_mask", Tensor(weight.Parts[0])), ("nonzero_data", Tensor(weight.Parts[1])), .. Scales(weight, string.Empty)]));
        }
    }

    /// <summary>Floats as they are stored already, with more zeros among them: plain, or widened by a cast.</summary>
    public void Plain(EncodedWeight weight)
    {
        EncodedPart data = weight.Parts[0];
        Value value = Tensor(data).Value!;
        if (data.Type == candidate.Site.ElementType)
        {
            PlainConstant.Turn(_operation, value);
        }
        else
        {
            writer.Turn(
                _operation,
                "constexpr_cast",
                ("source_val", ConstexprArgument.Of(value)),
                ("output_dtype", ConstexprArgument.Of(MilTypes.Text("fp32"))));
        }
    }

    /// <summary>A quantized weight that has been pruned: its scales stay.</summary>
    public void PrunedLinear(EncodedWeight weight) => SparseToDense(Insert(
        weight,
        "constexpr_sparse_blockwise_shift_scale",
        ("data_mask", Tensor(weight.Parts[0])),
        ("nonzero_data", Tensor(weight.Parts[1])),
        ("scale", ConstexprArgument.Of(_operation, "scale")),
        ("offset", ConstexprArgument.Of(_operation, "offset"))));

    /// <summary>A palettized weight that has been pruned: its tables stay.</summary>
    public void PrunedPalettized(EncodedWeight weight) => SparseToDense(Insert(
        weight,
        "constexpr_lut_to_sparse",
        ("indices_mask", Tensor(weight.Parts[0])),
        ("indices_nonzero_data", Tensor(weight.Parts[1])),
        ("lut", ConstexprArgument.Of(_operation, "lut")),
        ("vector_axis", ConstexprArgument.Of(_operation, "vector_axis"))));

    /// <summary>A quantized weight whose integers have been palettized: its scales stay.</summary>
    public void PalettizedLinear(EncodedWeight weight, ElementType integers)
    {
        ConstexprArgument? scale = ConstexprArgument.Of(_operation, "scale"), offset = ConstexprArgument.Of(_operation, "offset");
        ConstexprArgument[] data = writer.Insert(
            _operation,
            "constexpr_lut_to_dense",
            [("quantized", MilTypes.Tensor(integers, candidate.Shape))],
            ("indices", Tensor(weight.Parts[0])),
            ("lut", Tensor(Part(weight, "lut")!)));
        writer.Turn(_operation, "constexpr_blockwise_shift_scale", ("data", data[0]), ("scale", scale), ("offset", offset));
    }

    private static EncodedPart? Part(EncodedWeight weight, string name) => weight.Parts.FirstOrDefault(part => part.Name == name);

    private void Palettized(EncodedWeight weight, EncodedPart lut, int? vectorAxis)
    {
        if (!writer.HasInputs)
        {
            // One table, indices packed into bytes, the shape a parameter of its own.
            writer.Turn(
                _operation,
                "constexpr_lut_to_dense",
                ("indices", PackedBytes(weight.Parts[0])),
                ("lut", Tensor(lut.Name, lut.Type, [lut.Shape[lut.Shape.Count - 2]], lut.Data)),
                ("shape", Shape(candidate.Shape)));
            return;
        }

        ConstexprArgument indices = Tensor(weight.Parts[0]);
        ConstexprArgument? axis = vectorAxis is { } number ? ConstexprArgument.Of(MilTypes.Integer(number)) : null;
        if (writer.Opset >= EncodingNeed.ScaledLookups && Part(weight, "lut_scale") is { } scale)
        {
            // One scale for each table is one for each group of the looked-up integers.
            ConstexprArgument[] integers = writer.Insert(
                _operation,
                "constexpr_lut_to_dense",
                [("quantized", MilTypes.Tensor(lut.Type, candidate.Shape))],
                ("indices", indices),
                ("lut", Tensor(lut)),
                ("vector_axis", axis));
            writer.Turn(
                _operation,
                "constexpr_blockwise_shift_scale",
                ("data", integers[0]),
                ("scale", WithoutEntries(scale)),
                ("offset", Part(weight, "lut_offset") is { } offset ? WithoutEntries(offset) : null));
            return;
        }

        writer.Turn(_operation, "constexpr_lut_to_dense", ("indices", indices), ("lut", Table(weight, lut)), ("vector_axis", axis));
    }

    // Quantized tables become floats in front of the operation that looks values up in them.
    private ConstexprArgument Table(EncodedWeight weight, EncodedPart lut) => Part(weight, "lut_scale") is not { } scale
        ? Tensor(lut)
        : writer.Insert(
            _operation,
            "constexpr_blockwise_shift_scale",
            [("lut", MilTypes.Tensor(scale.Type, lut.Shape))],
            [("data", Tensor(lut)), .. Scales(weight, "lut_")])[0];

    private (string Name, ConstexprArgument? Argument)[] Scales(EncodedWeight weight, string prefix) =>
    [
        ("scale", Tensor(Part(weight, prefix + "scale")!)),
        ("offset", Part(weight, prefix + "offset") is { } offset ? Tensor(offset) : null),
    ];

    // The zero point is required; one axis may have scales, a scale for all is a scalar.
    private void AffineDequantize(EncodedWeight weight)
    {
        EncodedPart data = weight.Parts[0], scale = Part(weight, "scale")!;
        int axis = Math.Max(scale.Shape.ToList().FindIndex(count => count > 1), 0);
        long[] shape = scale.Shape[axis] > 1 ? [scale.Shape[axis]] : [];
        OutputPart offset = Part(weight, "offset")?.Data ?? new LiteralPart(new byte[scale.Shape[axis]]);
        writer.Turn(
            _operation,
            "constexpr_affine_dequantize",
            ("quantized_data", Tensor(data)),
            ("zero_point", Tensor("zero_point", data.Type, shape, offset)),
            ("scale", Tensor(scale.Name, scale.Type, shape, scale.Data)),
            ("axis", ConstexprArgument.Of(MilTypes.Integer(axis))));
    }

    private void ToDense(EncodedWeight weight)
    {
        EncodedPart mask = weight.Parts[0], nonZero = weight.Parts[1];
        if (writer.HasInputs)
        {
            writer.Turn(_operation, "constexpr_sparse_to_dense", ("nonzero_data", Tensor(nonZero)), ("mask", Tensor(mask)));
        }
        else
        {
            writer.Turn(
                _operation,
                "constexpr_sparse_to_dense",
                ("nonzero_data", Tensor(nonZero)),
                ("mask", PackedBytes(mask)),
                ("shape", Shape(candidate.Shape)));
        }
    }

    /// <summary>An operation that decodes the values other than zero: gives the mask and the values.</summary>
    private ConstexprArgument[] Insert(EncodedWeight weight, string type, params (string Name, ConstexprArgument? Argument)[] parameters) => writer.Insert(
        _operation,
        type,
        [("mask", MilTypes.Tensor(ElementType.UInt1, candidate.Shape)), ("nonzero_data", MilTypes.Tensor(candidate.Site.ElementType, weight.Parts[1].Shape))],
        parameters);

    private void SparseToDense(ConstexprArgument[] maskAndValues) =>
        writer.Turn(_operation, "constexpr_sparse_to_dense", ("nonzero_data", maskAndValues[1]), ("mask", maskAndValues[0]));

    private ConstexprArgument WithoutEntries(EncodedPart part) =>
        Tensor(part.Name, part.Type, part.Shape.Take(part.Shape.Count - 2).ToArray(), part.Data);

    private ConstexprArgument Tensor(EncodedPart part) => Tensor(part.Name, part.Type, part.Shape, part.Data);

    // The number keeps the tensors of a weight in the order in which they are asked for, codes before tables.
    private ConstexprArgument Tensor(string name, ElementType type, IReadOnlyList<long> shape, OutputPart data) =>
        ConstexprArgument.Of(tensors.Write(candidate.Stored, candidate.Reference, $"{form}/{_order++} {name}", type, shape, data));

    // Below CoreML8 packed bits are bytes in one row.
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
