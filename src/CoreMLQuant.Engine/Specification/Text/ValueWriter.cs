using System;
using System.Globalization;
using System.IO;
using CoreMLQuant.Specification.Schema;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Specification.Text;

/// <summary>Writes values as MIL text.</summary>
/// <param name="output">Takes the text.</param>
/// <param name="payloads">The big fields of the specification.</param>
/// <param name="isDecimal">Whether floats are rounded to decimal numbers, for people; otherwise they are exact.</param>
internal sealed class ValueWriter(TextWriter output, DetachedPayloads payloads, bool isDecimal = false)
{
    /// <summary>Writes a value with its type.</summary>
    public void Write(Value? value)
    {
        output.Write(TypeWriter.Write(value?.Type));
        output.Write('(');
        if (value?.BlobFileValue is { } blob)
        {
            output.Write("BLOBFILE(path = tensor<string, []>(");
            output.Write(TextEscapes.Write(blob.FileName));
            output.Write("), offset = tensor<uint64, []>(");
            output.Write(blob.Offset.ToString(CultureInfo.InvariantCulture));
            output.Write("))");
        }
        else
        {
            Literal(value?.Type, value?.ImmediateValue);
        }

        output.Write(')');
    }

    /// <summary>Writes what a value holds, without its type.</summary>
    public void Literal(ValueType? type, Value.Types.ImmediateValue? content)
    {
        switch (content?.ValueCase)
        {
            case Value.Types.ImmediateValue.ValueOneofCase.Tensor:
                Tensor(type?.TensorType ?? new TensorType(), content.Tensor);
                break;
            case Value.Types.ImmediateValue.ValueOneofCase.List:
                Sequence('[', content.List.Values.Count, at => Part(type?.ListType?.Type, content.List.Values[at]), ']');
                break;
            case Value.Types.ImmediateValue.ValueOneofCase.Tuple:
                Sequence('(', content.Tuple.Values.Count, at => Part(at < type?.TupleType?.Types_.Count ? type.TupleType.Types_[at] : null, content.Tuple.Values[at]), ')');
                break;
            case Value.Types.ImmediateValue.ValueOneofCase.Dictionary:
                Sequence('{', content.Dictionary.Values.Count, at => Pair(type?.DictionaryType, content.Dictionary.Values[at]), '}');
                break;
            default:
                output.Write(TypeWriter.Nothing);
                break;
        }
    }

    private void Part(ValueType? expected, Value? value)
    {
        if (value is { BlobFileValue: null } && value.Type is { } type && type.Equals(expected))
        {
            Literal(type, value.ImmediateValue);
        }
        else
        {
            Write(value);
        }
    }

    private void Pair(DictionaryType? type, DictionaryValue.Types.KeyValuePair pair)
    {
        output.Write('{');
        Part(type?.KeyType, pair.Key);
        output.Write(", ");
        Part(type?.ValueType, pair.Value);
        output.Write('}');
    }

    private void Tensor(TensorType type, TensorValue value)
    {
        (int count, Func<int, string> text) = ElementWriter.Of(type.DataType, value, payloads, isDecimal);
        if (type.Rank < 0 || Extents(type, count) is not { } extents)
        {
            // What contradicts its type is shown in a row.
            Sequence('[', count, at => output.Write(text(at)), ']');
            return;
        }

        int next = 0;
        void Axis(int axis)
        {
            if (axis == extents.Length)
            {
                output.Write(text(next++));
            }
            else
            {
                Sequence('[', extents[axis], _ => Axis(axis + 1), ']');
            }
        }

        Axis(0);
    }

    /// <summary>How many parts each dimension has; <see langword="null"/> when the elements do not fill the type. One dimension may be unknown.</summary>
    private static int[]? Extents(TensorType type, int count)
    {
        int[] extents = new int[type.Dimensions.Count];
        int unknown = -1;
        long product = 1;
        for (int axis = 0; axis < extents.Length; axis++)
        {
            if (type.Dimensions[axis].Constant is not { } constant)
            {
                if (unknown >= 0)
                {
                    return null;
                }

                unknown = axis;
            }
            else
            {
                extents[axis] = constant.Size <= int.MaxValue ? (int)constant.Size : int.MaxValue;
                product = Math.Min(product * extents[axis], int.MaxValue);
            }
        }

        if (unknown >= 0)
        {
            extents[unknown] = product > 0 ? (int)(count / product) : 0;
            product *= extents[unknown];
        }

        return product == count || HasSpareBits(type.DataType, product, count) ? extents : null;
    }

    // Bits behind the last element of less than a byte.
    private static bool HasSpareBits(DataType type, long elements, int count) =>
        IntegerFormat.Of(type) is { Bits: < 8 } && elements < count && count - elements < 8;

    private void Sequence(char open, int count, Action<int> part, char close)
    {
        output.Write(open);
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
            {
                output.Write(", ");
            }

            part(i);
        }

        output.Write(close);
    }
}
