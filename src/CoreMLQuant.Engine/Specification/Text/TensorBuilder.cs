using System;
using System.Collections.Generic;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;
using Google.Protobuf;

namespace CoreMLQuant.Specification.Text;

/// <summary>Gathers the elements of a tensor in the field that specifications keep elements of their type in.</summary>
/// <param name="type">The element type.</param>
internal sealed class TensorBuilder(DataType type)
{
    private readonly FloatFormat? _format = FloatFormat.Of(type);
    private readonly IntegerFormat? _integers = IntegerFormat.Of(type);
    private readonly List<byte> _bytes = [];
    private readonly List<long> _numbers = [];
    private readonly List<string> _strings = [];

    /// <summary>MIL's name of the element type.</summary>
    public string TypeName => DataTypeNames.Write(type);

    /// <summary>Whether the elements are strings, which are written in quotation marks.</summary>
    public bool IsText => type == DataType.String;

    /// <summary>Adds a string.</summary>
    public void AddText(string text) => _strings.Add(text);

    /// <summary>Adds a NaN of given bits; <see langword="false"/> when the type has no such NaN.</summary>
    public bool AddNaN(string bits) => AddFloat(_format?.ReadNaN(bits));

    /// <summary>Adds a number, <c>true</c> or <c>false</c>; <see langword="false"/> when the type cannot hold it.</summary>
    public bool Add(string text)
    {
        if (_format is not null)
        {
            return AddFloat(_format.Read(text));
        }

        if (type == DataType.Bool)
        {
            if (text is not ("true" or "false"))
            {
                return false;
            }

            _numbers.Add(text == "true" ? 1 : 0);
        }
        else if (_integers?.Read(text) is { } number)
        {
            AddInteger(number);
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <summary>The elements.</summary>
    /// <param name="payloads">Takes bytes that are kept apart from the messages; without it, they stay in them.</param>
    public TensorValue Build(DetachedPayloads? payloads) => type switch
    {
        DataType.String => new TensorValue { Strings = new TensorValue.Types.RepeatedStrings { Values = { _strings } } },
        DataType.Bool => new TensorValue { Bools = new TensorValue.Types.RepeatedBools { Values = { _numbers.ConvertAll(number => number != 0) } } },
        DataType.Int64 => new TensorValue { LongInts = new TensorValue.Types.RepeatedLongInts { Values = { _numbers } } },
        DataType.Int32 or DataType.Int16 or DataType.Uint16 =>
            new TensorValue { Ints = new TensorValue.Types.RepeatedInts { Values = { _numbers.ConvertAll(number => (int)number) } } },
        DataType.Float32 => new TensorValue { Floats = new TensorValue.Types.RepeatedFloats { Values = Store([.. _bytes], payloads) } },
        DataType.Float64 => new TensorValue { Doubles = new TensorValue.Types.RepeatedDoubles { Values = Store([.. _bytes], payloads) } },
        _ => new TensorValue { Bytes = new TensorValue.Types.RepeatedBytes { Values = Store(Packed(), payloads) } },
    };

    private bool AddFloat(ulong? bits)
    {
        if (bits is not { } pattern)
        {
            return false;
        }

        AddBytes(pattern, _format!.Size);
        return true;
    }

    private void AddInteger(long number)
    {
        if (type is DataType.Int64 or DataType.Int32 or DataType.Int16 or DataType.Uint16)
        {
            _numbers.Add(number);
        }
        else
        {
            AddBytes((ulong)number, Math.Max(1, _integers!.Bits / 8));
        }
    }

    private void AddBytes(ulong bits, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _bytes.Add((byte)(bits >> (8 * i)));
        }
    }

    // Elements of less than a byte share bytes, the first one in the lowest bits.
    private byte[] Packed()
    {
        byte[] values = [.. _bytes];
        if (_integers is not { Bits: < 8 and var bits })
        {
            return values;
        }

        byte[] packed = new byte[ElementTypes.PackedByteCount(values.Length, bits)];
        SubBytePacking.Pack(values, bits, packed);
        return packed;
    }

    private static ByteString Store(byte[] bytes, DetachedPayloads? payloads) =>
        payloads is not null && (bytes.Length >= DetachedPayloads.Threshold || DetachedPayloads.LooksLikeToken(bytes))
            ? payloads.Detach(new MemoryData(bytes))
            : ByteString.CopyFrom(bytes);
}
