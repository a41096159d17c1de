using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using Google.Protobuf;

namespace CoreMLQuant.Specification.Compiled;

/// <summary>
/// Reads coremldata.bin, as it was seen in public compiled models; docs/FORMATS.md has the layout. Nothing of it is documented, so every
/// length is checked, and what is not understood is an error.
/// </summary>
/// <param name="file">The open file; it stays open as long as the payloads are needed.</param>
/// <param name="payloads">Takes big fields.</param>
/// <param name="cancellationToken">Stops reading.</param>
internal sealed class CompiledData(SourceFile file, DetachedPayloads payloads, CancellationToken cancellationToken)
{
    private const long TextAt = 28;
    private const long MaxTextLength = 64 << 10;

    // Between a description's version and its length.
    private const long GapLength = 24;

    // The model's type once more, and zeros.
    private const long EndLength = 16;

    private static readonly byte[] ModelMark = Encoding.ASCII.GetBytes("spec");

    /// <summary>Number of the field of a specification that holds a model of this type.</summary>
    /// <exception cref="CoreMLFormatException">The file ends before its names.</exception>
    public int TypeNumber
    {
        get
        {
            _ = TextLength;
            return (int)ReadNumber(0, sizeof(uint));
        }
    }

    /// <summary>Names of what is inside, the stages of a pipeline among them.</summary>
    /// <exception cref="CoreMLFormatException">The file ends before its names do.</exception>
    public string Names
    {
        get
        {
            byte[] text = new byte[TextLength];
            file.ReadExactly(TextAt + sizeof(ulong), text);
            return Encoding.ASCII.GetString(text);
        }
    }

    private long TextLength
    {
        get
        {
            ulong length = ReadNumber(TextAt, sizeof(ulong));
            return length <= (ulong)Math.Min(MaxTextLength, file.Length - TextAt - sizeof(ulong))
                ? (long)length
                : throw Damaged($"the names claim {length} bytes.", TextAt);
        }
    }

    /// <summary>Reads a model that is described here and whose content is in other files.</summary>
    /// <returns>A model without content.</returns>
    /// <exception cref="CoreMLFormatException">The file is damaged.</exception>
    public Schema.Model ReadDescription()
    {
        long versionAt = TextAt + sizeof(ulong) + TextLength;
        ulong version = ReadNumber(versionAt, sizeof(ulong));
        if (version is 0 or > int.MaxValue)
        {
            throw Damaged($"the specification version is {version}.", versionAt);
        }

        long lengthAt = versionAt + sizeof(ulong) + GapLength;
        ulong length = ReadNumber(lengthAt, sizeof(ulong));
        long contentAt = lengthAt + sizeof(ulong);
        if (length > (ulong)(file.Length - contentAt))
        {
            throw Damaged($"the description claims {length} bytes, but only {file.Length - contentAt} are left in the file.", lengthAt);
        }

        byte[] structure = new SpecificationCondenser(file, payloads, cancellationToken).Condense(contentAt, (long)length, MessageShape.Description);
        return new Schema.Model { SpecificationVersion = (int)version, Description = Parse(Schema.ModelDescription.Parser, structure, contentAt) };
    }

    /// <summary>Reads a model that stands here as a whole specification: behind the mark <c>spec</c>, with or without its length in front.</summary>
    /// <exception cref="CoreMLFormatException">There is none.</exception>
    public Schema.Model ReadModel()
    {
        byte[] start = new byte[(int)Math.Min(file.Length - TextAt, MaxTextLength)];
        file.ReadExactly(TextAt, start);
        int mark = start.AsSpan().IndexOf(ModelMark);
        if (mark >= 0)
        {
            foreach ((long offset, long length) in Places(TextAt + mark + ModelMark.Length))
            {
                if (TryReadModel(offset, length) is { } model)
                {
                    return model;
                }
            }
        }

        throw new CoreMLFormatException(
            FormatRule.CompiledModel,
            file.Path,
            $"this is a compiled model of the type {(Schema.Model.TypeOneofCase)TypeNumber}, whose compiled form is not known.",
            "Look for the .mlmodel or .mlpackage that it was compiled from.");
    }

    private IEnumerable<(long Offset, long Length)> Places(long at)
    {
        if (file.Length - at > sizeof(ulong) && ReadNumber(at, sizeof(ulong)) is var length && length <= (ulong)(file.Length - at - sizeof(ulong)))
        {
            yield return (at + sizeof(ulong), (long)length);
        }

        yield return (at, file.Length - at);
        if (file.Length - at > EndLength)
        {
            yield return (at, file.Length - at - EndLength);
        }
    }

    private Schema.Model? TryReadModel(long offset, long length)
    {
        try
        {
            byte[] structure = new SpecificationCondenser(file, payloads, cancellationToken).Condense(offset, length, MessageShape.Model);
            Schema.Model model = Parse(Schema.Model.Parser, structure, offset);
            return (int)model.TypeCase == TypeNumber ? model : null;
        }
        catch (CoreMLFormatException e) when (e.Rule is FormatRule.MalformedSpecification or FormatRule.TruncatedSpecification)
        {
            return null;
        }
    }

    private T Parse<T>(MessageParser<T> parser, byte[] structure, long offset)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(structure);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new CoreMLFormatException(FormatRule.MalformedSpecification, file.Path, e.Message, "The file is damaged. Copy the model again.", offset, innerException: e);
        }
    }

    private ulong ReadNumber(long offset, int size)
    {
        if (offset + size > file.Length)
        {
            throw Damaged($"the file has {file.Length} bytes and ends in its header.", file.Length);
        }

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bytes.Clear();
        file.ReadExactly(offset, bytes.Slice(0, size));
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private CoreMLFormatException Damaged(string problem, long offset) => new(
        FormatRule.CompiledModel,
        file.Path,
        problem,
        "The compiled model is damaged. Copy it again, or look for the .mlpackage or .mlmodel that it was compiled from.",
        offset);
}
