using System.Collections.Generic;

namespace CoreMLQuant.Models;

/// <summary>How a compressed weight is stored, determined from its structure without reading it.</summary>
public sealed record EncodingDetails
{
    /// <summary>The encodings in the order in which values are decoded to, outermost first: of a joint one, several.</summary>
    public required IReadOnlyList<EncodingStep> Steps { get; init; }

    /// <summary>How many scales or lookup tables there are; <see langword="null"/> when there are none.</summary>
    public Granularity? Granularity { get; init; }

    /// <summary>Values along each axis that share a scale or a lookup table; empty when there are none.</summary>
    public IReadOnlyList<long> BlockShape { get; init; } = [];

    /// <summary>Entries of a lookup table; 0 when there is none.</summary>
    public int LookupTableSize { get; init; }

    /// <summary>Number of lookup tables.</summary>
    public long LookupTableCount { get; init; }

    /// <summary>Number of values that one index represents; 1 for scalars, 0 when there is no lookup table.</summary>
    public int VectorSize { get; init; }

    /// <summary>Share of the values that are not stored, 0 to 1; <see langword="null"/> for a weight that is not sparse.</summary>
    public double? Sparsity { get; init; }

    /// <summary>The steps, e.g. <c>Sparse 50 % + Palettized 4-bit</c>.</summary>
    public override string ToString() => string.Join(" + ", Steps);
}
