namespace CoreMLQuant.Conversion;

/// <summary>How a plan is carried out; nothing here changes a byte of the output.</summary>
public sealed record ConversionOptions
{
    /// <summary>Whether to replace an existing destination. If <see langword="false"/>, an existing destination is an error.</summary>
    public bool Overwrite { get; init; }

    /// <summary>
    /// Whether to wait until the new model is on disk before it is reported. If <see langword="false"/>, a power cut within seconds of a conversion can
    /// leave a file of zeros.
    /// </summary>
    public bool Flush { get; init; } = true;

    /// <summary>Number of workers that read, convert and write at the same time; 0 for one for each processor.</summary>
    public int MaxDegreeOfParallelism { get; init; }
}
