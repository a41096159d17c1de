using System;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Files.Native;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Models;

/// <summary>
/// A model at the destination of another one, compared with it as make does: by the times of their files. Outputs appear whole or not at
/// all, but what is copied, synchronized or tidied up afterwards may have lost a part, which <see cref="FindDefect"/> finds.
/// </summary>
/// <param name="Path">Full path of the output.</param>
/// <param name="Size">Its bytes on disk.</param>
/// <param name="SourceSize">The source's bytes on disk.</param>
/// <param name="IsOutdated">Whether it is older than its source.</param>
public sealed record ExistingOutput(string Path, long Size, long SourceSize, bool IsOutdated)
{
    /// <summary>How it compares with its source.</summary>
    public string Reason => IsOutdated ? "the output exists and is older than its source" : "the output exists and is not older than its source";

    /// <summary>Looks for the output of a model; <see langword="null"/> when nothing at the destination has the form of a model. Nothing is opened.</summary>
    /// <param name="source">Full path of the model.</param>
    /// <param name="destination">Full path of the output.</param>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be read.</exception>
    public static ExistingOutput? Find(string source, string destination)
    {
        if (!HasFormOfModel(destination))
        {
            return null;
        }

        // A conversion writes every file of its output, so the oldest one tells when it ran; one that was added later does not.
        FileFacts[] made = ModelFiles.FactsOf(destination).ToArray(), read = ModelFiles.FactsOf(source).ToArray();
        bool isOutdated = made.Length > 0 && read.Length > 0 && made.Min(file => file.Modified) < read.Max(file => file.Modified);
        return new ExistingOutput(destination, made.Sum(file => file.Length), read.Sum(file => file.Length), isOutdated);
    }

    /// <summary>
    /// What the output lacks of a whole model; <see langword="null"/> for nothing. Its structure and the record of each of its weights are read,
    /// but no weight: a file that ends too early is found, and a value that was changed is not.
    /// </summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public CoreMLFormatException? FindDefect(CancellationToken cancellationToken = default)
    {
        try
        {
            using ModelFile output = ModelFile.Open(Path, cancellationToken: cancellationToken);
            foreach (Value weight in MilValues.BlobReferences(output.Specification))
            {
                output.WeightFile(weight.BlobFileValue.FileName).ReadRecord(weight.BlobFileValue.Offset, null);
            }

            return null;
        }
        catch (CoreMLFormatException e)
        {
            return e;
        }
    }

    private static bool HasFormOfModel(string destination) => Directory.Exists(destination)
        ? File.Exists(System.IO.Path.Combine(destination, PackageManifest.FileName))
        : File.Exists(destination) && new FileInfo(destination).Length > 0;
}
