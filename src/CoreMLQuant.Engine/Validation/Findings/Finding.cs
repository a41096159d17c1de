namespace CoreMLQuant.Validation.Findings;

/// <summary>One thing that was found in a model.</summary>
public sealed record Finding
{
    /// <summary>Path of the model.</summary>
    public required string ModelPath { get; init; }

    /// <summary>How much it matters: the name of a <see cref="FindingSeverity"/>.</summary>
    public required string Severity { get; init; }

    /// <summary>Which rule: the name of a <see cref="ValidationRule"/>, or of the <see cref="Errors.FormatRule"/> that keeps the module from reading on. Stable.</summary>
    public required string Rule { get; init; }

    /// <summary>Full path of the file.</summary>
    public required string File { get; init; }

    /// <summary>Layer, operation, feature or manifest item, with stage and function; empty when it is the file as such.</summary>
    public required string Location { get; init; }

    /// <summary>What was found, one sentence.</summary>
    public required string Message { get; init; }

    /// <summary>What to do about it, one sentence.</summary>
    public required string Remedy { get; init; }

    /// <summary>Severity, rule, location and message.</summary>
    public override string ToString() => $"{Severity} {Rule}{(Location.Length > 0 ? $" ({Location})" : string.Empty)}: {Message}";
}
