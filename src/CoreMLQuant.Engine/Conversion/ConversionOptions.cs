using CoreMLQuant.Files;
using CoreMLQuant.Models;

namespace CoreMLQuant.Conversion;

/// <summary>How a plan is carried out; nothing here changes a byte of the output.</summary>
public sealed record ConversionOptions : ModelOutputOptions
{
    /// <summary>Number of workers that read, convert and write at the same time; 0 for one for each processor.</summary>
    public int MaxDegreeOfParallelism { get; init; }

    /// <summary>Bounds the workers of several conversions that run at the same time; <see langword="null"/> for one conversion.</summary>
    public WorkerLimit? WorkerLimit { get; init; }
}
