namespace CoreMLQuant.Errors;

/// <summary>The rules a Core ML model can break. The names are stable: scripts match on them as error ids.</summary>
public enum FormatRule
{
    /// <summary>There is no file or folder at the path.</summary>
    ModelNotFound,

    /// <summary>The file is not a Core ML specification at all.</summary>
    NotAModel,

    /// <summary>The file is a Git LFS pointer, not the content it points to.</summary>
    GitLfsPointer,

    /// <summary>The folder is a compiled model (.mlmodelc) that is incomplete, damaged or of a kind that cannot be read.</summary>
    CompiledModel,

    /// <summary>The folder is a compiled NeuralNetwork, which contains neither a specification nor a program.</summary>
    CompiledNeuralNetwork,

    /// <summary>The text of a compiled program is not well-formed.</summary>
    MalformedProgramText,

    /// <summary>The text of a compiled program ends too early.</summary>
    TruncatedProgramText,

    /// <summary>A compiled program is of a version or opset that this module does not know.</summary>
    UnknownProgramVersion,

    /// <summary>The model is encrypted.</summary>
    EncryptedModel,

    /// <summary>Manifest.json is missing, is not JSON or lacks a required key.</summary>
    InvalidManifest,

    /// <summary>A path in the manifest or in the specification leaves the package.</summary>
    PathOutsidePackage,

    /// <summary>A link leads nowhere or in a circle.</summary>
    BrokenLink,

    /// <summary>A pipe, socket, device or link to a folder stands where a file of the model should be.</summary>
    NotRegularFile,

    /// <summary>An item that the manifest names does not exist.</summary>
    MissingPackageItem,

    /// <summary>The specification ends in the middle of a field, or a length reaches past its end.</summary>
    TruncatedSpecification,

    /// <summary>The specification is not well-formed protobuf.</summary>
    MalformedSpecification,

    /// <summary>Messages are nested deeper than any real model nests them.</summary>
    NestingTooDeep,

    /// <summary>A part is larger than the format or this module allows.</summary>
    TooLarge,

    /// <summary>The specification contains no model.</summary>
    NoModelType,

    /// <summary>A weight file that the specification refers to does not exist.</summary>
    MissingWeightFile,

    /// <summary>A weight file ends before the data it should contain.</summary>
    TruncatedWeightFile,

    /// <summary>The weight file's header is not that of storage version 2.</summary>
    InvalidWeightFileHeader,

    /// <summary>A blob's metadata record does not begin with 0xDEADBEEF.</summary>
    InvalidBlobSentinel,

    /// <summary>A blob reference points outside the weight file or off its 64-byte grid.</summary>
    InvalidBlobOffset,

    /// <summary>A blob's data type contradicts the type of the value that refers to it.</summary>
    BlobTypeMismatch,

    /// <summary>A blob's or an immediate's size contradicts the shape of its value.</summary>
    WeightSizeMismatch,

    /// <summary>A weight of a layer breaks the rules for that layer.</summary>
    InvalidWeight,

    /// <summary>An operation of an ML Program is not well-formed.</summary>
    InvalidOperation,

    /// <summary>The parameters of a compressed constant are missing or contradict each other.</summary>
    InvalidConstexpr,
}
