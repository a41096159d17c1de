namespace CoreMLQuant.Files;

/// <summary>How an output takes its place; nothing here changes a byte of it.</summary>
public record OutputOptions
{
    /// <summary>What a user is told of an output on a file system without a flush.</summary>
    public const string NotConfirmed =
        "the destination's file system cannot confirm that files are on disk; a power failure soon after the output is written can damage it";

    /// <summary>Whether to replace an existing destination. If <see langword="false"/>, an existing destination is an error.</summary>
    public bool Overwrite { get; init; }

    /// <summary>
    /// Whether to wait until the output is on disk before it is reported. If <see langword="false"/>, a power cut within seconds can
    /// leave a file of zeros.
    /// </summary>
    public bool Flush { get; init; } = true;
}
