using System.IO;

namespace CoreMLQuant.Errors;

/// <summary>The destination is the model that is being converted, and replacing it was not requested.</summary>
public sealed class DestinationIsSourceException : IOException
{
    /// <summary>Creates the error.</summary>
    /// <param name="path">The model.</param>
    public DestinationIsSourceException(string path)
        : base($"'{path}' is the model that is being converted. Use -InPlace to replace it, or choose another destination.") => Path = path;

    /// <summary>The model.</summary>
    public string Path { get; }
}
