using System;
using System.Globalization;
using System.Text;

namespace CoreMLQuant.Errors;

/// <summary>A file is not the Core ML model it claims to be: names the file, the place in it, the rule it breaks and what to do.</summary>
public sealed class CoreMLFormatException : Exception
{
    /// <summary>Creates the error from its parts; the message is composed of them.</summary>
    /// <param name="rule">Which of the format's rules is broken; also the stable id of the error record.</param>
    /// <param name="file">The offending file's path.</param>
    /// <param name="problem">What was found, one sentence with the actual values, ending in a full stop.</param>
    /// <param name="remedy">What the reader can do about it, one sentence, or <see langword="null"/>.</param>
    /// <param name="offset">The byte offset of the problem in <paramref name="file"/>, if there is one.</param>
    /// <param name="location">The layer, operation or manifest item, if there is one.</param>
    /// <param name="innerException">The failure underneath, if there is one.</param>
    public CoreMLFormatException(
        FormatRule rule,
        string file,
        string problem,
        string? remedy = null,
        long? offset = null,
        string? location = null,
        Exception? innerException = null)
        : base(Compose(file, problem, remedy, offset, location), innerException)
    {
        Rule = rule;
        Problem = problem;
        File = file;
        Offset = offset;
        Location = location;
        Remedy = remedy;
    }

    /// <summary>The broken rule; its name is the stable id of the error.</summary>
    public FormatRule Rule { get; }

    /// <summary>What was found, without file, place and remedy.</summary>
    public string Problem { get; }

    /// <summary>The offending file.</summary>
    public string File { get; }

    /// <summary>Byte offset in <see cref="File"/>, where known.</summary>
    public long? Offset { get; }

    /// <summary>Layer, operation, weight or manifest item, where known.</summary>
    public string? Location { get; }

    /// <summary>What the reader can do about it.</summary>
    public string? Remedy { get; }

    private static string Compose(string file, string problem, string? remedy, long? offset, string? location)
    {
        var text = new StringBuilder();
        text.Append('\'').Append(file).Append('\'');
        if (offset is { } at)
        {
            text.Append(" at offset ").Append(at.ToString(CultureInfo.InvariantCulture));
        }

        if (location is not null)
        {
            text.Append(" (").Append(location).Append(')');
        }

        text.Append(": ").Append(problem);
        if (remedy is not null)
        {
            text.Append(' ').Append(remedy);
        }

        return text.ToString();
    }
}
