using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Files;
using CoreMLQuant.Files.Native;

namespace CoreMLQuant.Models;

/// <summary>
/// A complete model at the destination of another one, compared with it as make does: by the times of their files. Outputs appear whole or
/// not at all, so that what has the form of a model is complete. Nothing is opened.
/// </summary>
/// <param name="Path">Full path of the output.</param>
/// <param name="Size">Its bytes on disk.</param>
/// <param name="SourceSize">The source's bytes on disk.</param>
/// <param name="IsOutdated">Whether it is older than its source.</param>
public sealed record ExistingOutput(string Path, long Size, long SourceSize, bool IsOutdated)
{
    /// <summary>How it compares with its source.</summary>
    public string Reason => IsOutdated ? "the output exists and is older than its source" : "the output exists and is not older than its source";

    /// <summary>Looks for the output of a model; <see langword="null"/> when no complete model is at the destination.</summary>
    /// <param name="source">Full path of the model.</param>
    /// <param name="destination">Full path of the output.</param>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be read.</exception>
    public static ExistingOutput? Find(string source, string destination)
    {
        if (!IsComplete(destination))
        {
            return null;
        }

        // A conversion writes every file of its output, so the oldest one tells when it ran; one that was added later does not.
        FileFacts[] made = ModelFiles.FactsOf(destination).ToArray(), read = ModelFiles.FactsOf(source).ToArray();
        bool isOutdated = made.Length > 0 && read.Length > 0 && made.Min(file => file.Modified) < read.Max(file => file.Modified);
        return new ExistingOutput(destination, made.Sum(file => file.Length), read.Sum(file => file.Length), isOutdated);
    }

    private static bool IsComplete(string destination) => Directory.Exists(destination)
        ? File.Exists(System.IO.Path.Combine(destination, PackageManifest.FileName))
        : File.Exists(destination) && new FileInfo(destination).Length > 0;
}
