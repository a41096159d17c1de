using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CoreMLQuant.Files;
using Google.Protobuf;

namespace CoreMLQuant.Specification;

/// <summary>
/// The big byte fields of a specification, kept out of memory. In the parsed messages a short token stands for
/// each of them; reading a weight follows the token to its place in the file, writing puts the bytes back.
/// So a 2 GB NeuralNetwork is described, edited and rewritten without ever being loaded.
/// </summary>
internal sealed class DetachedPayloads
{
    /// <summary>Fields of at least this many bytes are detached.</summary>
    public const int Threshold = 1024;

    /// <summary>Bytes of a token.</summary>
    public const int TokenLength = 20;

    // A real field that happens to look like a token is detached as well, so a token is never ambiguous.
    private static readonly byte[] Magic = [0xC0, 0x4D, 0x51, 0x00, 0x9E, 0x37, 0x79, 0xB9, 0x7F, 0x4A, 0x7C, 0x15, 0xF3, 0x9C, 0xC0, 0x60];

    private readonly List<OutputPart> _parts = [];
    private readonly List<WeightData?> _sources = [];

    /// <summary>Whether nothing has been detached or attached.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>Registers bytes of a source file and returns their token.</summary>
    public ByteString Detach(WeightData source) => Register(new CopiedPart(source), source);

    /// <summary>Registers bytes to be computed when the model is written and returns their token.</summary>
    public ByteString Attach(OutputPart part) => Register(part, null);

    /// <summary>The bytes that a field stands for: behind its token, or its own.</summary>
    /// <exception cref="InvalidOperationException">The field is one that is only computed when the model is written.</exception>
    public WeightData Resolve(ByteString field) => IndexOf(field.Span) is { } index
        ? _sources[index] ?? throw new InvalidOperationException("A payload that is still to be computed cannot be read.")
        : new MemoryData(field.Memory);

    /// <summary>What a field's bytes will be in the output, or <see langword="null"/> when it is no token.</summary>
    public OutputPart? PartOf(ReadOnlySpan<byte> field) => IndexOf(field) is { } index ? _parts[index] : null;

    /// <summary>Length of the bytes that a field stands for.</summary>
    public long LengthOf(ByteString field) => PartOf(field.Span)?.Length ?? field.Length;

    /// <summary>A copy that further parts can be attached to without touching this one; tokens keep their meaning.</summary>
    public DetachedPayloads Fork()
    {
        var fork = new DetachedPayloads();
        fork._parts.AddRange(_parts);
        fork._sources.AddRange(_sources);
        return fork;
    }

    /// <summary>Takes over what another one keeps. Its tokens mean the same here once <see cref="TokenShift"/> has moved them on.</summary>
    /// <returns>How far they have to be moved.</returns>
    public int Append(DetachedPayloads other)
    {
        int shift = _parts.Count;
        _parts.AddRange(other._parts);
        _sources.AddRange(other._sources);
        return shift;
    }

    /// <summary>Moves a token on, in place; bytes that are none stay as they are.</summary>
    public static void Shift(Span<byte> field, int shift)
    {
        if (IndexOf(field) is { } index)
        {
            BinaryPrimitives.WriteInt32LittleEndian(field.Slice(Magic.Length), index + shift);
        }
    }

    /// <summary>Whether bytes of a source file could be mistaken for a token.</summary>
    public static bool LooksLikeToken(ReadOnlySpan<byte> field) => field.Length == TokenLength && field.StartsWith(Magic);

    private ByteString Register(OutputPart part, WeightData? source)
    {
        byte[] token = new byte[TokenLength];
        Magic.CopyTo(token, 0);
        BinaryPrimitives.WriteInt32LittleEndian(token.AsSpan(Magic.Length), _parts.Count);
        _parts.Add(part);
        _sources.Add(source);
        return UnsafeByteOperations.UnsafeWrap(token);
    }

    private static int? IndexOf(ReadOnlySpan<byte> field) =>
        LooksLikeToken(field) ? BinaryPrimitives.ReadInt32LittleEndian(field.Slice(Magic.Length)) : null;
}
