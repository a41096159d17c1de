using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Mil.Decoding;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.Onnx.Programs.Compression;

/// <summary>
/// Linearly quantized weights as <c>DequantizeLinear</c>: one scale for all, one for each channel of an axis, or one for each block along
/// one axis. It computes <c>(code - zero point) * scale</c> in FP32 as Core ML's constants do; FP16 is rounded to behind it.
/// </summary>
internal static class LinearForm
{
    private const int MostParameters = 1 << 24;

    /// <summary>Builds it; <see langword="null"/> when it would take too many scales, or an offset is no integer of the stored type.</summary>
    public static OnnxValue? Build(KeptWeights kept, LinearValues values, DecodedWeight weight, string name)
    {
        if ((values.Codes as StoredValues)?.ElementType is not { } stored || TypeOf(stored) is not { } type
            || values.Grid.BlockCount > MostParameters || ScaleLayout.Of(values.Grid) is not { } layout)
        {
            return null;
        }

        float[]? offsets = values.Offset is { } offset ? Read(offset) : null;
        (int lowest, int highest) = RangeOf(type);
        if (offsets is not null && Array.Exists(offsets, number => number != Math.Floor(number) || number < lowest || number > highest))
        {
            return null;
        }

        if (layout.Blocked is not null)
        {
            kept.Need(KeptWeights.OpsetOfBlocks);
        }

        GraphBuilder graph = kept.Graph;
        OnnxValue codes = kept.Store(type, values.Codes, layout.Shape, name + ".codes");
        OnnxValue scale = graph.Constants.Floats(layout.Spread(Read(values.Scale), values.Grid), layout.ScaleShape);
        OnnxValue? zero = offsets is null || Array.TrueForAll(offsets, number => number == 0) ? null : Packed(graph, type, layout.Spread(offsets, values.Grid), layout.ScaleShape);
        OnnxValue result = graph.Add("DequantizeLinear", OnnxTensorType.Float, layout.Shape, [codes, scale, zero], layout.Attributes);
        result = weight.ElementType == ElementType.Float16 ? graph.RoundedToHalf(result) : result;
        return kept.Named(layout.Shape.SequenceEqual(weight.Shape) ? result : graph.Reshape(result, weight.Shape.ToArray()), name);
    }

    private static OnnxTensorType? TypeOf(ElementType type) => type switch
    {
        ElementType.Int4 => OnnxTensorType.Int4,
        ElementType.UInt4 => OnnxTensorType.UInt4,
        ElementType.Int8 => OnnxTensorType.Int8,
        ElementType.UInt8 => OnnxTensorType.UInt8,
        _ => null,
    };

    private static (int Lowest, int Highest) RangeOf(OnnxTensorType type)
    {
        bool isSigned = type is OnnxTensorType.Int4 or OnnxTensorType.Int8;
        int count = 1 << type.BitWidth();
        return isSigned ? (-count / 2, (count / 2) - 1) : (0, count - 1);
    }

    private static OnnxValue Packed(GraphBuilder graph, OnnxTensorType type, float[] numbers, IReadOnlyList<long> shape)
    {
        byte[] bytes = new byte[((numbers.Length * type.BitWidth()) + 7) / 8];
        CodeWeight.Pack(numbers, type.BitWidth(), bytes);
        return graph.Constants.Add(new InlineInitializer(new OnnxValue(type, shape), bytes));
    }

    private static float[] Read(TensorValues values)
    {
        var all = new float[checked((int)values.Count)];
        values.Read(0, all);
        return all;
    }
}
