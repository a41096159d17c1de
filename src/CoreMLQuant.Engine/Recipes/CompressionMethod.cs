namespace CoreMLQuant.Recipes;

/// <summary>How values are chosen for a compressed weight when statistics of its inputs are at hand.</summary>
public enum CompressionMethod
{
    /// <summary>
    /// For the smallest error at the output of the layer: lookup tables count each value by how large its inputs are, and quantization, palettization and pruning
    /// compensate the error of one value by others. Without statistics, the same as <see cref="RoundToNearest"/>.
    /// </summary>
    Calibrated,

    /// <summary>For the smallest error of each value, as without statistics.</summary>
    RoundToNearest,
}
