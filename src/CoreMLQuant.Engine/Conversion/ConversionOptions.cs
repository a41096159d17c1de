namespace CoreMLQuant.Conversion;

/// <summary>How a plan is carried out; nothing here changes a byte of the output.</summary>
public sealed record ConversionOptions
{
    /// <summary>Replace what stands at the destination. Without it, an existing destination is an error.</summary>
    public bool Overwrite { get; init; }

    /// <summary>
    /// Wait until the new model is on the medium before it is reported. Without it, a power cut within seconds of a conversion can
    /// leave a file of zeros.
    /// </summary>
    public bool Flush { get; init; } = true;

    /// <summary>Workers that read, convert and write at once; 0 takes one for each processor.</summary>
    public int MaxDegreeOfParallelism { get; init; }
}
