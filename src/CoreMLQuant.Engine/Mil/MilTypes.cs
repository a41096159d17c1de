using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil;

/// <summary>MIL's types in the field's general names.</summary>
internal static class MilTypes
{
    private static readonly Dictionary<ElementType, DataType> DataTypeOf = System.Enum.GetValues(typeof(DataType)).Cast<DataType>()
        .Where(type => type.ToElementType() != ElementType.Unknown)
        .ToDictionary(type => type.ToElementType());

    private static readonly Dictionary<ElementType, string> Spellings = System.Enum.GetValues(typeof(ElementType)).Cast<ElementType>().ToDictionary(type => type, type => type switch
    {
        ElementType.Float16 => "fp16",
        ElementType.Float32 => "fp32",
        ElementType.Float64 => "fp64",
        ElementType.BFloat16 => "bf16",
        ElementType.Boolean => "bool",
        _ => type.ToString().ToLowerInvariant(),
    });

    /// <summary>The element type of a MIL data type.</summary>
    public static ElementType ToElementType(this DataType type) => type switch
    {
        DataType.Bool => ElementType.Boolean,
        DataType.String => ElementType.String,
        DataType.Float16 => ElementType.Float16,
        DataType.Float32 => ElementType.Float32,
        DataType.Float64 => ElementType.Float64,
        DataType.Bfloat16 => ElementType.BFloat16,
        DataType.Int8 => ElementType.Int8,
        DataType.Int16 => ElementType.Int16,
        DataType.Int32 => ElementType.Int32,
        DataType.Int64 => ElementType.Int64,
        DataType.Int4 => ElementType.Int4,
        DataType.Uint8 => ElementType.UInt8,
        DataType.Uint16 => ElementType.UInt16,
        DataType.Uint32 => ElementType.UInt32,
        DataType.Uint64 => ElementType.UInt64,
        DataType.Uint4 => ElementType.UInt4,
        DataType.Uint2 => ElementType.UInt2,
        DataType.Uint1 => ElementType.UInt1,
        DataType.Uint6 => ElementType.UInt6,
        DataType.Uint3 => ElementType.UInt3,
        DataType.Float8E4M3Fn => ElementType.Float8E4M3FN,
        DataType.Float8E5M2 => ElementType.Float8E5M2,
        _ => ElementType.Unknown,
    };

    /// <summary>The MIL data type of an element type.</summary>
    /// <exception cref="System.ArgumentOutOfRangeException">MIL has no such type (5 and 7 bits).</exception>
    public static DataType ToDataType(this ElementType type) => DataTypeOf.TryGetValue(type, out DataType data)
        ? data
        : throw new System.ArgumentOutOfRangeException(nameof(type), type, "Not a type of MIL.");

    /// <summary>MIL's name of an element type, e.g. <c>fp16</c>, <c>int32</c>.</summary>
    public static string Spelling(ElementType type) => Spellings[type];

    /// <summary>A tensor type.</summary>
    public static ValueType Tensor(ElementType type, IReadOnlyList<long> shape)
    {
        var tensor = new TensorType { DataType = type.ToDataType(), Rank = shape.Count };
        tensor.Dimensions.AddRange(shape.Select(size => new Dimension { Constant = new Dimension.Types.ConstantDimension { Size = (ulong)size } }));
        return new ValueType { TensorType = tensor };
    }

    /// <summary>Element type of a tensor type; <see cref="ElementType.Unknown"/> for lists, tuples, dictionaries and states.</summary>
    public static ElementType ElementTypeOf(ValueType? type) => type?.TensorType?.DataType.ToElementType() ?? ElementType.Unknown;

    /// <summary>Whether a type is a tensor of FP32.</summary>
    public static bool IsFloat32(ValueType? type) => type?.TensorType?.DataType == DataType.Float32;

    /// <summary>Dimensions of a tensor type; -1 for one that is not constant. Empty for a scalar and for what is no tensor.</summary>
    public static IReadOnlyList<long> ShapeOf(ValueType? type)
    {
        if (type?.TensorType is not { Dimensions.Count: > 0 } tensor)
        {
            return [];
        }

        if (type.Note is not long[] shape)
        {
            shape = new long[tensor.Dimensions.Count];
            for (int i = 0; i < shape.Length; i++)
            {
                shape[i] = tensor.Dimensions[i].Constant is { Size: <= long.MaxValue } constant ? (long)constant.Size : -1;
            }

            type.Note = shape;
        }

        return shape;
    }

    /// <summary>A tensor type with other elements. Values share types, so that one is never changed in place.</summary>
    /// <param name="type">A tensor type.</param>
    /// <param name="elements">The other elements.</param>
    public static ValueType With(ValueType type, DataType elements)
    {
        ValueType changed = type.Clone();
        changed.TensorType.DataType = elements;
        return changed;
    }

    /// <summary>
    /// Makes the ranks of an operation's outputs what their dimensions say. A loader takes a constant's type from its value and looks at the
    /// declared one as soon as the operation is another.
    /// </summary>
    public static void CompleteOutputTypes(Operation operation)
    {
        foreach (NamedValueType output in operation.Outputs.Where(output => output.Type?.TensorType is { } tensor && tensor.Rank != tensor.Dimensions.Count))
        {
            ValueType type = output.Type.Clone();
            type.TensorType.Rank = type.TensorType.Dimensions.Count;
            output.Type = type;
        }
    }

    /// <summary>
    /// Number of elements of a tensor type; <see langword="null"/> when it is no tensor, a dimension is unknown or the
    /// product does not fit 63 bits.
    /// </summary>
    public static long? ElementCount(ValueType? type)
    {
        if (type?.TensorType is not { } tensor)
        {
            return null;
        }

        long count = 1;
        for (int i = 0; i < tensor.Dimensions.Count; i++)
        {
            if (tensor.Dimensions[i].Constant is not { Size: <= long.MaxValue } constant || (constant.Size > 0 && count > long.MaxValue / (long)constant.Size))
            {
                return null;
            }

            count *= (long)constant.Size;
        }

        return count;
    }

    /// <summary>Name that an operation carries as its attribute <c>name</c>; its first output's where it has none.</summary>
    public static string NameOf(Operation operation) =>
        operation.Attribute("name") is { } name && TextOf(name) is { } text
            ? text
            : operation.Outputs.Count > 0 ? operation.Outputs[0].Name : string.Empty;

    /// <summary>Text of a string scalar; <see langword="null"/> for any other value.</summary>
    public static string? TextOf(Value value) =>
        value.ImmediateValue?.Tensor?.Strings is { Values.Count: 1 } strings ? strings.Values[0] : null;

    /// <summary>A string scalar.</summary>
    public static Value Text(string text) => new()
    {
        Type = new ValueType { TensorType = new TensorType { DataType = DataType.String } },
        ImmediateValue = new Value.Types.ImmediateValue
        {
            Tensor = new TensorValue { Strings = new TensorValue.Types.RepeatedStrings { Values = { text } } },
        },
    };

    /// <summary>A 32-bit integer scalar.</summary>
    public static Value Integer(int number) => new()
    {
        Type = Tensor(ElementType.Int32, []),
        ImmediateValue = new Value.Types.ImmediateValue
        {
            Tensor = new TensorValue { Ints = new TensorValue.Types.RepeatedInts { Values = { number } } },
        },
    };
}
