using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;

namespace CoreMLQuant.NeuralNetworks;

/// <summary>What a weight field holds, every rule of the format checked that does not need its values.</summary>
/// <param name="Data">The one value field that is set; may be a token of <see cref="DetachedPayloads"/>.</param>
/// <param name="Encoding">How the values are written down.</param>
/// <param name="ElementType">Type of the values that the layer sees.</param>
/// <param name="StorageType">Type in which they are stored.</param>
/// <param name="Shape">Dimensions; flat when the data contradicts the layer's parameters.</param>
/// <param name="ElementCount">Number of values.</param>
/// <param name="ByteCount">Bytes of data, scales, biases and lookup table.</param>
internal sealed record StoredWeight(
    ByteString Data,
    WeightEncoding Encoding,
    ElementType ElementType,
    ElementType StorageType,
    IReadOnlyList<long> Shape,
    long ElementCount,
    long ByteCount)
{
    private const int MaxBits = 8;

    // rawValue holds unsigned integers of 1 to 8 bits.
    private static readonly ElementType[] TypesByBits =
    [
        ElementType.Unknown, ElementType.UInt1, ElementType.UInt2, ElementType.UInt3, ElementType.UInt4,
        ElementType.UInt5, ElementType.UInt6, ElementType.UInt7, ElementType.UInt8,
    ];

    /// <summary>Reads what a field says of itself; none of its data.</summary>
    /// <param name="field">The field.</param>
    /// <param name="payloads">The big fields of the specification.</param>
    /// <param name="place">The field's place, for messages.</param>
    /// <returns><see langword="null"/> when the field holds nothing.</returns>
    /// <exception cref="Errors.CoreMLFormatException">The field breaks a rule.</exception>
    public static StoredWeight? Read(WeightField field, DetachedPayloads payloads, WeightPlace place)
    {
        WeightParams weight = field.Params;
        (string Name, ByteString Bytes)[] values = new[]
        {
            ("floatValue", weight.FloatValue), ("float16Value", weight.Float16Value), ("rawValue", weight.RawValue), ("int8RawValue", weight.Int8RawValue),
        }.Where(value => value.Item2.Length > 0).ToArray();
        return values switch
        {
            [] => null,
            [("floatValue", var bytes)] => Plain(field, bytes, ElementType.Float32, payloads, place),
            [("float16Value", var bytes)] => Plain(field, bytes, ElementType.Float16, payloads, place),
            [("rawValue", var bytes)] => Raw(field, bytes, payloads, place),
            [("int8RawValue", var bytes)] => Int8(field, bytes, payloads, place),
            _ => throw place.Broken($"{string.Join(" and ", values.Select(value => value.Name))} are set; a weight can have only one value field."),
        };
    }

    private static StoredWeight Plain(WeightField field, ByteString bytes, ElementType type, DetachedPayloads payloads, WeightPlace place)
    {
        long length = payloads.LengthOf(bytes);
        long size = type.ByteCount(1);
        if (length % size != 0)
        {
            throw place.Broken($"{Text(length)} bytes are not a multiple of the {Text(size)} bytes of a {type} value.");
        }

        return Stored(field, bytes, WeightEncoding.Plain, type, type, length / size, length);
    }

    private static StoredWeight Raw(WeightField field, ByteString bytes, DetachedPayloads payloads, WeightPlace place)
    {
        QuantizationParams quantization = Quantization(field, place);
        int bits = (int)quantization.NumberOfBits;
        long length = payloads.LengthOf(bytes);
        long count = field.ClaimedCount;
        if (count == 0)
        {
            // Nothing says how many values there are: as many as there is room for.
            count = length * 8 / bits;
        }
        else if (length < TypesByBits[bits].ByteCount(count))
        {
            // More bytes than needed are legal.
            throw place.Broken($"{Text(length)} bytes are not enough for {Text(count)} values of {Text(bits)} bits.");
        }

        bool linear = quantization.QuantizationTypeCase == QuantizationParams.QuantizationTypeOneofCase.LinearQuantization;
        long parameters = linear
            ? LinearLength(quantization.LinearQuantization, payloads, place)
            : TableLength(quantization.LookupTableQuantization, bits, payloads, place);
        return Stored(field, bytes, linear ? WeightEncoding.Linear : WeightEncoding.Palettized, ElementType.Float32, TypesByBits[bits], count, length + parameters);
    }

    private static StoredWeight Int8(WeightField field, ByteString bytes, DetachedPayloads payloads, WeightPlace place)
    {
        QuantizationParams quantization = Quantization(field, place);
        if (quantization.NumberOfBits != MaxBits || quantization.QuantizationTypeCase != QuantizationParams.QuantizationTypeOneofCase.LinearQuantization)
        {
            throw place.Broken("int8RawValue requires 8-bit linear quantization.");
        }

        long length = payloads.LengthOf(bytes);
        long parameters = LinearLength(quantization.LinearQuantization, payloads, place);
        return Stored(field, bytes, WeightEncoding.Linear, ElementType.Float32, ElementType.Int8, length, length + parameters);
    }

    private static StoredWeight Stored(
        WeightField field, ByteString bytes, WeightEncoding encoding, ElementType type, ElementType storage, long count, long byteCount) =>
        new(bytes, encoding, type, storage, field.ClaimedCount == count ? field.Shape : [count], count, byteCount);

    private static QuantizationParams Quantization(WeightField field, WeightPlace place) => field.Params.Quantization switch
    {
        null => throw place.Broken("the values are quantized, but the quantization parameters are missing."),
        { NumberOfBits: < 1 or > MaxBits } quantization => throw place.Broken($"the quantization has {quantization.NumberOfBits.ToString(CultureInfo.InvariantCulture)} bits; it must have 1 to 8."),
        { QuantizationTypeCase: QuantizationParams.QuantizationTypeOneofCase.None } => throw place.Broken("the values have neither scales nor a lookup table."),
        { } quantization => quantization,
    };

    // How many scales there must be depends on the kind of layer; one for each output channel, or one.
    private static long LinearLength(LinearQuantizationParams linear, DetachedPayloads payloads, WeightPlace place)
    {
        long scale = payloads.LengthOf(linear.Scale), bias = payloads.LengthOf(linear.Bias);
        if (scale == 0 || scale % sizeof(float) != 0)
        {
            throw place.Broken($"{Text(scale)} bytes of scales are not one or more Float32 values.");
        }

        return bias == 0 || bias == scale
            ? scale + bias
            : throw place.Broken($"{Text(bias)} bytes of biases do not match {Text(scale)} bytes of scales.");
    }

    private static long TableLength(LookUpTableQuantizationParams table, int bits, DetachedPayloads payloads, WeightPlace place)
    {
        long length = payloads.LengthOf(table.FloatValue);
        return length == sizeof(float) << bits
            ? length
            : throw place.Broken($"a lookup table for {Text(bits)} bits has {Text(1 << bits)} values, but this one has {Text(length)} bytes instead of {Text(sizeof(float) << bits)}.");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
