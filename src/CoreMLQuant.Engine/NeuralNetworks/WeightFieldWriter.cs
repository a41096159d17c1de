using System.Linq;
using CoreMLQuant.Coding;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;

namespace CoreMLQuant.NeuralNetworks;

/// <summary>Puts into a weight field what the weight has become. One value field is set afterwards.</summary>
internal static class WeightFieldWriter
{
    /// <summary>Plain floats.</summary>
    /// <param name="field">The field.</param>
    /// <param name="type">FP32 or FP16.</param>
    /// <param name="data">The values, or their token.</param>
    public static void SetFloats(WeightParams field, ElementType type, ByteString data)
    {
        Clear(field);
        if (type == ElementType.Float16)
        {
            field.Float16Value = data;
        }
        else
        {
            field.FloatValue = data;
        }
    }

    /// <summary>Integers or indices with the tables that decode them, all of them computed when the model is written.</summary>
    public static void SetCodes(WeightParams field, EncodedWeight weight, DetachedPayloads payloads)
    {
        Clear(field);
        ElementType type = weight.Parts[0].Type;
        ByteString codes = Attach(weight.Parts[0].Data);
        (field.RawValue, field.Int8RawValue) = type == ElementType.Int8 ? (ByteString.Empty, codes) : (codes, ByteString.Empty);
        field.Quantization = new QuantizationParams { NumberOfBits = (ulong)type.BitWidth() };
        if (Table("lut") is { } table)
        {
            field.Quantization.LookupTableQuantization = new LookUpTableQuantizationParams { FloatValue = table };
        }
        else
        {
            field.Quantization.LinearQuantization = new LinearQuantizationParams { Scale = Table("scale"), Bias = Table("bias") ?? ByteString.Empty };
        }

        ByteString? Table(string name) => weight.Parts.FirstOrDefault(part => part.Name == name) is { } part ? Attach(part.Data) : null;

        ByteString Attach(OutputPart part)
        {
            (part as IPlacedPart)?.Place();
            return payloads.Attach(part);
        }
    }

    private static void Clear(WeightParams field)
    {
        field.FloatValue = field.Float16Value = field.RawValue = field.Int8RawValue = ByteString.Empty;
        field.Quantization = null;
    }
}
