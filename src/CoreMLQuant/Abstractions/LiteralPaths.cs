using System.Runtime.CompilerServices;

namespace CoreMLQuant.Abstractions;

/// <summary>
/// Paths that stand for themselves though a wildcard would be allowed, because an object had them. A parameter is text, which has no room to
/// say so: the instance of the text is remembered, as long as it lives.
/// </summary>
internal static class LiteralPaths
{
    private static readonly ConditionalWeakTable<string, object> Known = new();

    /// <summary>A path as a text that is known to be literal.</summary>
    public static string Of(string path)
    {
        // An instance of its own: the same path may also be written as a pattern.
        string text = new(path.ToCharArray());
        Known.Add(text, text.Length);
        return text;
    }

    /// <summary>Whether this text is a literal path.</summary>
    public static bool Contains(string text) => Known.TryGetValue(text, out _);
}
