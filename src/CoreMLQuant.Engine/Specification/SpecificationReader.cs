using System;
using System.Text;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf;

namespace CoreMLQuant.Specification;

/// <summary>Reads a specification file into messages, weights detached.</summary>
internal static class SpecificationReader
{
    // Protobuf's own limit for a message; Apple's loader has it too.
    private const long MaxFileLength = int.MaxValue;

    private static readonly (string Start, FormatRule Rule, string Problem, string Remedy)[] ForeignFiles =
    [
        ("version https://git-lfs.github.com/spec/", FormatRule.GitLfsPointer,
            "this is a Git LFS pointer, not the file it points to.", "Run 'git lfs pull' in the repository it came from."),
        ("book\0\0\0\0mark\0\0\0\0", FormatRule.NotAModel,
            "this is a macOS alias, not the file it points to.", "Copy the original instead of the alias."),
        ("PK\u0003\u0004", FormatRule.NotAModel, "this is a zip archive.", "Unpack it and convert the model inside."),
        ("{", FormatRule.NotAModel, "this is JSON text, not a Core ML specification.", "Choose a .mlmodel file or a .mlpackage folder."),
        ("<", FormatRule.NotAModel, "this is HTML or XML text, not a Core ML specification.", "Download the file itself, not the page that shows it."),
    ];

    /// <summary>Reads the file's structure, without its big byte fields, into an array that may be one of the shared pool (<see cref="SpecificationCondenser.Condense()"/>).</summary>
    /// <param name="file">The open file; it stays open as long as the payloads are needed.</param>
    /// <param name="payloads">Takes the big byte fields.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="CoreMLFormatException">The file is no Core ML specification.</exception>
    public static ArraySegment<byte> ReadStructure(SourceFile file, DetachedPayloads payloads, CancellationToken cancellationToken = default) =>
        Read(file, () => new SpecificationCondenser(file, payloads, cancellationToken).Condense());

    /// <summary>Walks a file down to the last message, and keeps nothing.</summary>
    /// <param name="file">The open file.</param>
    /// <exception cref="CoreMLFormatException">The file is no Core ML specification.</exception>
    public static void Check(SourceFile file) => Read(file, () =>
    {
        new SpecificationCondenser(file, new DetachedPayloads()).Check();
        return true;
    });

    private static T Read<T>(SourceFile file, Func<T> read)
    {
        CheckKind(file);
        try
        {
            return read();
        }
        catch (CoreMLFormatException e) when (e.Rule == FormatRule.MalformedSpecification && !BeginsLikeAModel(file))
        {
            throw NotAModel(file, e);
        }
    }

    /// <summary>Makes messages of a structure; each call makes new ones.</summary>
    /// <exception cref="CoreMLFormatException">The structure holds no model.</exception>
    public static Model Parse(ArraySegment<byte> structure, SourceFile file)
    {
        Model model;
        try
        {
            model = ModelReader.Read(structure);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new CoreMLFormatException(FormatRule.MalformedSpecification, file.Path, e.Message, innerException: e);
        }

        if (model.TypeCase == Model.TypeOneofCase.None)
        {
            throw model is { SpecificationVersion: > 0, Description: not null }
                ? new CoreMLFormatException(
                    FormatRule.NoModelType,
                    file.Path,
                    $"the specification (version {model.SpecificationVersion}) describes a model but contains none.",
                    "It was saved before its conversion finished, or its model type is newer than this module.")
                : NotAModel(file, null);
        }

        return model;
    }

    /// <summary>Refuses a specification, read or to be written, that protobuf could not hold.</summary>
    /// <param name="path">Path of the specification, or of the one that it is made from.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="verb"><c>is</c> or <c>would be</c>.</param>
    /// <exception cref="CoreMLFormatException">It is too long.</exception>
    public static void CheckLength(string path, long length, string verb)
    {
        if (length > MaxFileLength)
        {
            throw new CoreMLFormatException(
                FormatRule.TooLarge,
                path,
                $"the specification {verb} {length} bytes long; a protobuf message is limited to 2 GiB (2147483647 bytes).",
                "Core ML cannot load it either. A model this large must be an ML Program, which stores its weights in a separate file.");
        }
    }

    private static void CheckKind(SourceFile file)
    {
        if (file.Length == 0)
        {
            throw new CoreMLFormatException(FormatRule.NotAModel, file.Path, "the file is empty.", "Copy or download it again.");
        }

        CheckLength(file.Path, file.Length, "is");

        byte[] start = new byte[(int)Math.Min(file.Length, 64)];
        file.ReadExactly(0, start);
        string text = Encoding.ASCII.GetString(start);
        foreach ((string prefix, FormatRule rule, string problem, string remedy) in ForeignFiles)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                throw new CoreMLFormatException(rule, file.Path, problem, remedy, 0);
            }
        }
    }

    // Every writer puts the specification version (field 1, varint) first; protobuf would allow the description (field 2) as well.
    private static bool BeginsLikeAModel(SourceFile file)
    {
        byte[] start = new byte[1];
        file.ReadExactly(0, start);
        return start[0] is 0x08 or 0x12;
    }

    private static CoreMLFormatException NotAModel(SourceFile file, Exception? inner) => new(
        FormatRule.NotAModel,
        file.Path,
        "the file does not contain a Core ML specification.",
        "Choose a .mlmodel file or a .mlpackage folder; an encrypted or compiled model cannot be read.",
        innerException: inner);
}
