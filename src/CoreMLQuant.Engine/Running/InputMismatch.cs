namespace CoreMLQuant.Running;

/// <summary>One thing about a sample that does not fit a model.</summary>
/// <param name="Problem">What does not fit: a sentence, or the beginning of one that says what was given.</param>
public sealed record InputMismatch(string Problem)
{
    /// <summary>What was given instead, such as <c>Float32 [2, 2]</c>; empty where the problem says it all.</summary>
    public string Given { get; init; } = string.Empty;

    /// <summary>What can be done; empty where the problem says it all.</summary>
    public string Remedy { get; init; } = string.Empty;

    /// <summary>Full path of the file that was given; <see langword="null"/> where it is the sample itself.</summary>
    public string? File { get; init; }

    /// <summary>The problem, with what was given in certain words.</summary>
    /// <param name="given">The words.</param>
    public string With(string given) => Given.Length == 0 ? Problem : $"{Problem}, and was given {given}.{(Remedy.Length > 0 ? " " : string.Empty)}{Remedy}";

    /// <summary>A sentence or more.</summary>
    public override string ToString() => With(File is null ? Given : $"'{File}', {Given}");
}
