using CoreMLQuant.Files;

namespace CoreMLQuant.Conversion;

/// <summary>How a plan is carried out; nothing here changes a byte of the output.</summary>
public sealed record ConversionOptions : OutputOptions
{
    /// <summary>Number of workers that read, convert and write at the same time; 0 for one for each processor.</summary>
    public int MaxDegreeOfParallelism { get; init; }
}
