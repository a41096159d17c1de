using System.IO;

namespace CoreMLQuant.Errors;

/// <summary>The destination exists, and replacing it was not requested.</summary>
public sealed class DestinationExistsException : IOException
{
    /// <summary>Creates the error.</summary>
    /// <param name="path">The destination.</param>
    public DestinationExistsException(string path)
        : base($"'{path}' already exists. Use -Force to replace it, or choose another destination.") => Path = path;

    /// <summary>The destination.</summary>
    public string Path { get; }
}
