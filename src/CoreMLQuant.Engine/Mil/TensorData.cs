using CoreMLQuant.Elements;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.WeightBlobs;

namespace CoreMLQuant.Mil;

/// <summary>The bytes of a tensor value, checked against its type: element type, shape and stored size must agree.</summary>
/// <param name="ElementType">Type of the elements.</param>
/// <param name="ElementCount">Number of elements.</param>
/// <param name="Length">Bytes of data.</param>
/// <param name="Data">The bytes; <see langword="null"/> for integers, booleans and text that stand in the specification as numbers.</param>
/// <param name="File">The weight file; <see langword="null"/> when the data stands in the specification.</param>
/// <param name="RecordOffset">Offset of the blob's record in <paramref name="File"/>.</param>
internal sealed record TensorData(ElementType ElementType, long ElementCount, long Length, WeightData? Data, BlobFile? File, long RecordOffset)
{
    // 281 trillion values; numbers of bytes and sums over many weights still fit 63 bits.
    private const long MaxCount = 1L << 48;

    /// <summary>Finds the data of a value. See <see cref="TensorCatalog"/>, which remembers.</summary>
    /// <param name="file">The model.</param>
    /// <param name="payloads">Resolves big immediates.</param>
    /// <param name="value">The value.</param>
    /// <param name="location">Whose value it is, for errors; <see langword="null"/> when the caller says it.</param>
    /// <returns><see langword="null"/> when the value is no tensor of known size.</returns>
    /// <exception cref="CoreMLFormatException">Type, shape and data contradict each other, or the reference is broken.</exception>
    public static TensorData? Of(ModelFile file, DetachedPayloads payloads, Value value, string? location)
    {
        ElementType type = MilTypes.ElementTypeOf(value.Type);
        if (type == ElementType.Unknown || MilTypes.ElementCount(value.Type) is not { } count)
        {
            return null;
        }

        return value.ValueCase switch
        {
            Value.ValueOneofCase.BlobFileValue => FromBlob(file, value.BlobFileValue, type, count, location),
            Value.ValueOneofCase.ImmediateValue => FromImmediate(file, payloads, value.ImmediateValue.Tensor, type, count, location),
            _ => null,
        };
    }

    private static TensorData FromBlob(ModelFile file, Value.Types.BlobFileValue reference, ElementType type, long count, string? location)
    {
        BlobFile blobs = file.WeightFile(reference.FileName);
        BlobRecord record = blobs.ReadRecord(reference.Offset, location);
        FileData data = blobs.DataOf(record);
        if (record.DataType.ToElementType() != type)
        {
            throw new CoreMLFormatException(
                FormatRule.BlobTypeMismatch,
                data.File.Path,
                $"the type is {type} in the specification but {record.DataType.ToElementType()} in the weight file.",
                "The specification and the weight file do not belong together. Copy the package again.",
                (long)reference.Offset,
                location);
        }

        CheckLength(data.File.Path, type, count, record.Length, location, (long)reference.Offset);
        return new TensorData(type, count, record.Length, data, blobs, (long)reference.Offset);
    }

    private static TensorData FromImmediate(
        ModelFile file,
        DetachedPayloads payloads,
        TensorValue? tensor,
        ElementType type,
        long count,
        string? location)
    {
        WeightData? data = tensor?.ValueCase switch
        {
            TensorValue.ValueOneofCase.Floats => payloads.Resolve(tensor.Floats.Values),
            TensorValue.ValueOneofCase.Doubles => payloads.Resolve(tensor.Doubles.Values),
            TensorValue.ValueOneofCase.Bytes => payloads.Resolve(tensor.Bytes.Values),
            _ => null,
        };
        if (data is null)
        {
            CheckCount(file, type, count, location);
            return new TensorData(type, count, type.ByteCount(count), null, null, 0);
        }

        CheckLength(file.Container.SpecificationPath, type, count, data.Length, location, null);
        return new TensorData(type, count, data.Length, data, null, 0);
    }

    /// <summary>Checks that a weight has not more values than any file can hold, so that numbers of values and bytes can be added up.</summary>
    /// <exception cref="CoreMLFormatException">It claims to.</exception>
    public static void CheckCount(ModelFile file, ElementType type, long count, string? location)
    {
        if (count > MaxCount)
        {
            throw new CoreMLFormatException(
                FormatRule.WeightSizeMismatch,
                file.Container.SpecificationPath,
                $"{count} values of {type} are declared, more than a file can contain.",
                "The file is damaged. Copy the model again.",
                location: location);
        }
    }

    private static void CheckLength(string path, ElementType type, long count, long length, string? location, long? offset)
    {
        bool fits = count <= MaxCount;
        if (!fits || type.ByteCount(count) != length)
        {
            throw new CoreMLFormatException(
                FormatRule.WeightSizeMismatch,
                path,
                $"{count} values of {type} need {(fits ? $"{type.ByteCount(count)} bytes" : "more bytes than a file can contain")}, but {length} are stored.",
                "The file is damaged. Copy the model again.",
                offset,
                location);
        }
    }
}
