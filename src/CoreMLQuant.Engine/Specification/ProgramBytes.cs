using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;

namespace CoreMLQuant.Specification;

/// <summary>
/// Serializes models. The protobuf library computes a message's length anew for each message around it, so that what is nested ten levels deep is
/// measured ten times. The operations of an ML Program are nearly all of it and stand six levels deep: serialized on their own and put into messages
/// that take them as bytes, they are measured half as often. The bytes are the same.
/// </summary>
internal static class ProgramBytes
{
    /// <summary>The bytes of a model.</summary>
    public static byte[] Of(Model model)
    {
        byte[] bytes = new byte[model.CalculateSize()];
        Write(model, bytes);
        return bytes;
    }

    /// <summary>Writes a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="destination">As many bytes as the model has.</param>
    public static void Write(Model model, Span<byte> destination)
    {
        IMessage message = HasOnlyKnownFields(model) ? Serialized(model) : model;
        message.WriteTo(destination);
    }

    // Unknown fields come last in their message, and the other form has no place for them.
    private static bool HasOnlyKnownFields(Model model) => model is { TypeCase: Model.TypeOneofCase.MlProgram, HasUnknownFields: false, MlProgram.HasUnknownFields: false }
        && model.MlProgram.Functions.Values.All(function => !function.HasUnknownFields && function.BlockSpecializations.Values.All(block => !block.HasUnknownFields));

    private static SerializedProgramModel Serialized(Model model)
    {
        Program program = model.MlProgram;
        var serialized = new SerializedProgram { Version = program.Version, DocString = program.DocString, Attributes = { program.Attributes } };
        foreach (KeyValuePair<string, Function> function in program.Functions)
        {
            serialized.Functions.Add(function.Key, Serialized(function.Value));
        }

        return new SerializedProgramModel
        {
            SpecificationVersion = model.SpecificationVersion,
            Description = model.Description,
            IsUpdatable = model.IsUpdatable,
            MlProgram = serialized,
        };
    }

    private static SerializedFunction Serialized(Function function)
    {
        var serialized = new SerializedFunction { Inputs = { function.Inputs }, Opset = function.Opset, Attributes = { function.Attributes } };
        foreach (KeyValuePair<string, Block> body in function.BlockSpecializations)
        {
            serialized.BlockSpecializations.Add(body.Key, Serialized(body.Value));
        }

        return serialized;
    }

    private static SerializedBlock Serialized(Block block)
    {
        var serialized = new SerializedBlock { Inputs = { block.Inputs }, Outputs = { block.Outputs }, Attributes = { block.Attributes } };
        serialized.Operations.Capacity = block.Operations.Count;
        foreach (Operation operation in block.Operations)
        {
            serialized.Operations.Add(operation.ToByteString());
        }

        return serialized;
    }
}
