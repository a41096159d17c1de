using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using CoreMLQuant.Files;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;

namespace CoreMLQuant.Specification;

/// <summary>
/// Makes messages of a structure, as <see cref="ProgramBytes"/> makes bytes of messages: of an ML Program, the library reads all but the operations, which are
/// nearly all of it, and <see cref="OperationReader"/> these, on all processors. The messages are the same; those of types are shared, so that whoever changes one puts another
/// in its place.
/// </summary>
internal static class ModelReader
{
    // Fewer operations are read before another processor has begun.
    private const int LeastPortion = 1000;

    /// <summary>Reads a model.</summary>
    /// <param name="structure">The model as protobuf, condensed: size and depth are bounded.</param>
    /// <exception cref="InvalidProtocolBufferException">It is no protobuf.</exception>
    public static Model Read(ArraySegment<byte> structure) =>
        HasProgram(structure) && FromParts(Parse(SerializedProgramModel.Parser, structure)) is { } model ? model : Parse(Model.Parser, structure);

    private static bool HasProgram(ArraySegment<byte> structure)
    {
        var fields = new WireFields(structure);
        while (fields.Next())
        {
            if (fields.Number == Model.MlProgramFieldNumber)
            {
                return true;
            }
        }

        return false;
    }

    // Fields of a newer format come last in their message, and the other form has no place for them; nor has it one for a model that is a program and something else.
    private static Model? FromParts(SerializedProgramModel serialized)
    {
        if (serialized.HasUnknownFields || serialized.MlProgram.HasUnknownFields)
        {
            return null;
        }

        SerializedProgram parts = serialized.MlProgram;
        var program = new Program { Version = parts.Version, DocString = parts.DocString, Attributes = { parts.Attributes } };
        foreach (KeyValuePair<string, SerializedFunction> function in parts.Functions)
        {
            if (FromParts(function.Value) is not { } read)
            {
                return null;
            }

            program.Functions.Add(function.Key, read);
        }

        return new Model
        {
            SpecificationVersion = serialized.SpecificationVersion,
            Description = serialized.Description,
            IsUpdatable = serialized.IsUpdatable,
            MlProgram = program,
        };
    }

    private static Function? FromParts(SerializedFunction parts)
    {
        var function = new Function { Inputs = { parts.Inputs }, Opset = parts.Opset, Attributes = { parts.Attributes } };
        foreach (KeyValuePair<string, SerializedBlock> body in parts.BlockSpecializations)
        {
            if (parts.HasUnknownFields || body.Value.HasUnknownFields)
            {
                return null;
            }

            function.BlockSpecializations.Add(body.Key, FromParts(body.Value));
        }

        return parts.HasUnknownFields ? null : function;
    }

    private static Block FromParts(SerializedBlock parts)
    {
        var block = new Block { Inputs = { parts.Inputs }, Outputs = { parts.Outputs }, Attributes = { parts.Attributes } };
        block.Operations.Capacity = parts.Operations.Count;
        block.Operations.AddRange(Operations(parts.Operations));
        return block;
    }

    private static Operation[] Operations(IReadOnlyList<ByteString> parts)
    {
        var operations = new Operation[parts.Count];
        int portion = Math.Max(LeastPortion, (parts.Count + Environment.ProcessorCount - 1) / Environment.ProcessorCount);
        var starts = new int[(parts.Count + portion - 1) / portion];
        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = i * portion;
        }

        using var work = ParallelWork<int>.Start(
            starts,
            0,
            (start, _) =>
            {
                // Each has names and types of its own, which hardly any two portions share.
                var reader = new OperationReader();
                for (int i = start; i < Math.Min(parts.Count, start + portion); i++)
                {
                    operations[i] = Plain(parts[i], reader) ?? Parse(Operation.Parser, new ArraySegment<byte>(parts[i].ToByteArray()));
                }
            },
            CancellationToken.None);
        work.Join();
        return operations;
    }

    private static Operation? Plain(ByteString operation, OperationReader reader)
    {
        try
        {
            return reader.Read(operation.Span);
        }
        catch (InvalidProtocolBufferException)
        {
            // What is wrong with it, if it is not only nested more deeply than parts of an operation usually are, the library tells for the whole.
            return null;
        }
    }

    // Condensing has bounded size and depth; the parser needs a few levels more for the wrapped map entries.
    private static T Parse<T>(MessageParser<T> parser, ArraySegment<byte> bytes)
        where T : IMessage<T> =>
        parser.ParseFrom(CodedInputStream.CreateWithLimits(new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count), int.MaxValue, StructureLimits.MaxNesting + 8));
}
