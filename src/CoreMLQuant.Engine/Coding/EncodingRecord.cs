using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Files;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>A weight that has been encoded.</summary>
/// <param name="Parts">The bytes of its parts, in their order.</param>
/// <param name="Error">What the encoding costs.</param>
/// <param name="LayerError">What it costs at the output of the layer; <see langword="null"/> where that is not known.</param>
/// <param name="Shifts">How much each output channel has to be raised so that its mean stays; <see langword="null"/> when that is not known.</param>
/// <param name="Remark">What the reader should know; empty otherwise.</param>
internal sealed record EncodingRecord(IReadOnlyList<WeightData> Parts, WeightError Error, LayerError? LayerError, double[]? Shifts, string Remark)
{
    /// <summary>Whether a weight that is planned has the same parts.</summary>
    public bool Fits(EncodedWeight planned) => planned.Parts.Select(part => part.Data.Length).SequenceEqual(Parts.Select(part => part.Length));
}
