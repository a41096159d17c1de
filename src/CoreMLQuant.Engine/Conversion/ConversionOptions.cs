using CoreMLQuant.Files;

namespace CoreMLQuant.Conversion;

/// <summary>How a plan is carried out; nothing here changes a byte of the output.</summary>
public sealed record ConversionOptions : OutputOptions
{
    /// <summary>Whether the model itself may be replaced by what it is converted to. If <see langword="false"/>, that is an error whatever Overwrite is.</summary>
    public bool InPlace { get; init; }

    /// <summary>Whether a model in which there is nothing to convert is copied to the destination. If <see langword="false"/>, nothing is written for it.</summary>
    public bool CopyUnchanged { get; init; }

    /// <summary>Number of workers that read, convert and write at the same time; 0 for one for each processor.</summary>
    public int MaxDegreeOfParallelism { get; init; }

    /// <summary>Bounds the workers of several conversions that run at the same time; <see langword="null"/> for one conversion.</summary>
    public WorkerLimit? WorkerLimit { get; init; }
}
