using CoreMLQuant.Files;

namespace CoreMLQuant.Models;

/// <summary>How a new model takes its place, which may be that of its source; nothing here changes a byte of it.</summary>
public record ModelOutputOptions : OutputOptions
{
    /// <summary>Whether the model itself may be replaced by what becomes of it. If <see langword="false"/>, that is an error whatever Overwrite is.</summary>
    public bool InPlace { get; init; }

    /// <summary>Whether a model in which there is nothing to change is copied to the destination. If <see langword="false"/>, nothing is written for it.</summary>
    public bool CopyUnchanged { get; init; }
}
