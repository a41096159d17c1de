using System.Collections.Generic;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Models;

/// <summary>One weight of a model: its location, type and encoding, and the operation that uses it. Both formats share this type.</summary>
public sealed record WeightSite
{
    /// <summary>Path of the model file.</summary>
    public required string ModelPath { get; init; }

    /// <summary>Stage of a pipeline, nested stages joined with <c>/</c>; empty outside pipelines.</summary>
    public required string Stage { get; init; }

    /// <summary>Function of an ML Program; empty for a NeuralNetwork.</summary>
    public required string Function { get; init; }

    /// <summary>The weight's name: the const's output in an ML Program, <c>layer/field</c> in a NeuralNetwork.</summary>
    public required string Name { get; init; }

    /// <summary>Type of the first operation or of the layer that uses the weight, e.g. <c>conv</c>, <c>innerProduct</c>.</summary>
    public required string OpType { get; init; }

    /// <summary>Name of the first operation or of the layer that uses the weight.</summary>
    public required string OpName { get; init; }

    /// <summary>Every consumer's operation type, in order, without repeats.</summary>
    public required IReadOnlyList<string> Consumers { get; init; }

    /// <summary>Dimensions; empty for a scalar.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>Type of the values that the consumer sees.</summary>
    public required ElementType ElementType { get; init; }

    /// <summary>How they are written down today.</summary>
    public required WeightEncoding Encoding { get; init; }

    /// <summary>More about a compressed weight; <see langword="null"/> for a plain one.</summary>
    public EncodingDetails? EncodingDetails { get; init; }

    /// <summary>The encoding as a person reads it, e.g. <c>Linear 8-bit</c>.</summary>
    public string EncodingName => WeightEncodings.Describe(this);

    /// <summary>Type in which the bulk of the data is stored: the element type when plain, integers when quantized, indices when palettized.</summary>
    public required ElementType StorageType { get; init; }

    /// <summary>Number of values.</summary>
    public required long ElementCount { get; init; }

    /// <summary>Bytes of data, lookup tables, scales and masks included, alignment not.</summary>
    public required long ByteCount { get; init; }

    /// <summary>Bits for each value, including lookup tables, scales and masks.</summary>
    public double BitsPerWeight => ElementCount == 0 ? 0 : 8.0 * ByteCount / ElementCount;

    /// <summary>File that contains the data, relative to the package (<c>weights/weight.bin</c>), or the specification's own name.</summary>
    public required string File { get; init; }

    /// <summary>Byte offset of the data in <see cref="File"/>; of the index or quantized data when compressed; -1 when it is in the specification of a package.</summary>
    public required long Offset { get; init; }

    /// <summary>Statistics of its values; <see langword="null"/> unless requested, because all of them must be read.</summary>
    public WeightStatistics? Statistics { get; init; }

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}
