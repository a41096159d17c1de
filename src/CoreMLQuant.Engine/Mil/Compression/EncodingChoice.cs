using System;
using CoreMLQuant.Coding;
using CoreMLQuant.Models;

namespace CoreMLQuant.Mil.Compression;

/// <summary>How a weight is to be encoded, or why it is not.</summary>
/// <param name="Encoding">What it becomes.</param>
/// <param name="Layout">How scales and tables lie over it; with the recipes' description it names the encoding.</param>
/// <param name="Remark">Why it is left, or what the reader should know.</param>
/// <param name="Create">Plans the parts; <see langword="null"/> when it is left.</param>
/// <param name="Emit">Writes the operations.</param>
internal sealed record EncodingChoice(
    WeightEncoding Encoding,
    string Layout,
    string Remark,
    Func<EncodedWeight>? Create,
    Action<WeightEmitter, EncodedWeight>? Emit)
{
    /// <summary>Bytes of the parts that stay as they are.</summary>
    public long KeptLength { get; init; }

    /// <summary>The same, with the error measured at the output of the layer, where that is possible.</summary>
    public EncodingChoice InLayerOf(WeightCandidate candidate) => Create is null || candidate.Knowledge.Layer is null
        ? this
        : this with
        {
            Create = () =>
            {
                EncodedWeight weight = Create();
                weight.Layer = candidate.Knowledge.Layer;
                return weight;
            },
        };

    /// <summary>The weight is left.</summary>
    public static EncodingChoice None(string reason) => new(WeightEncoding.Plain, string.Empty, reason, null, null);
}
