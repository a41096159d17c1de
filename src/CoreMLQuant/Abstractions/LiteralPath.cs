namespace CoreMLQuant.Abstractions;

/// <summary>
/// The path of an object on its way to a parameter. It is no text yet, so that PowerShell prefers a parameter that takes the object itself, such as
/// the result of a conversion that a report is made of.
/// </summary>
internal sealed class LiteralPath(string path)
{
    private readonly string _text = LiteralPaths.Of(path);

    /// <summary>The path, known to be literal.</summary>
    public override string ToString() => _text;
}
