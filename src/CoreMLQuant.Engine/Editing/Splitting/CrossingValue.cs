using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Specification.Schema;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;

namespace CoreMLQuant.Editing.Splitting;

/// <summary>A value that one part makes and the other uses, and how it is handed on: as an array of a type that Core ML passes between models.</summary>
/// <param name="Value">The value.</param>
/// <param name="PassedAs">The type of the elements on the way; the value's own unless that cannot be passed.</param>
internal sealed record CrossingValue(ValueNode Value, DataType PassedAs)
{
    // Models take and give FP16 from the opset of specification version 7 on.
    private const int Float16Opset = 6;

    // What is no bool, FP16 or FP32 can be cast from this opset on.
    private const int IntegerCastOpset = 7;

    private static readonly Dictionary<DataType, ArrayDataType> Passed = new()
    {
        [DataType.Float32] = ArrayDataType.Float32,
        [DataType.Float16] = ArrayDataType.Float16,
        [DataType.Int32] = ArrayDataType.Int32,
    };

    /// <summary>Whether it is cast before and after.</summary>
    public bool IsCast => PassedAs != Type.DataType;

    /// <summary>Bytes that are handed on; a dimension that is not known counts as 1.</summary>
    public long ByteCount => MilTypes.ShapeOf(Value.Declaration.Type).Aggregate(1L, (count, size) => count * System.Math.Max(size, 1)) * (PassedAs == DataType.Float16 ? 2 : 4);

    private TensorType Type => Value.Declaration.Type.TensorType;

    /// <summary>How a value can be handed on; <see langword="null"/> when it cannot: scalars, lists, dictionaries, and types that no cast keeps.</summary>
    /// <param name="value">The value.</param>
    /// <param name="opset">Number of the body's opset.</param>
    public static CrossingValue? Of(ValueNode value, int opset)
    {
        if (value.Declaration.Type?.TensorType is not { Dimensions.Count: > 0 } tensor || tensor.Dimensions.Any(dimension => dimension.Unknown is { Variadic: true }))
        {
            return null;
        }

        DataType? passed = tensor.DataType switch
        {
            DataType.Float32 or DataType.Int32 => tensor.DataType,
            DataType.Float16 => opset >= Float16Opset ? DataType.Float16 : DataType.Float32,
            DataType.Bool => DataType.Int32,
            DataType.Int8 or DataType.Uint8 or DataType.Int16 or DataType.Uint16 when opset >= IntegerCastOpset => DataType.Int32,
            _ => null,
        };
        return passed is { } type ? new CrossingValue(value, type) : null;
    }

    /// <summary>The type on the way.</summary>
    public ValueType PassedType() => MilTypes.With(Value.Declaration.Type, PassedAs);

    /// <summary>How both models describe it.</summary>
    /// <param name="name">The name on the way.</param>
    public FeatureDescription Describe(string name)
    {
        IReadOnlyList<long> shape = MilTypes.ShapeOf(Value.Declaration.Type);
        var array = new ArrayFeatureType { DataType = Passed[PassedAs] };
        array.Shape.AddRange(shape.Select(size => System.Math.Max(size, 1)));
        if (shape.Any(size => size < 0))
        {
            array.ShapeRange = new ArrayFeatureType.Types.ShapeRange();
            array.ShapeRange.SizeRanges.AddRange(shape.Select(size => size < 0
                ? new SizeRange { LowerBound = 1, UpperBound = -1 }
                : new SizeRange { LowerBound = (ulong)size, UpperBound = size }));
        }

        return new FeatureDescription { Name = name, Type = new FeatureType { MultiArrayType = array } };
    }
}
