using System;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;

namespace CoreMLQuant.Models;

/// <summary>A new model that is written and checked, and neither on the medium nor in its place yet. Disposed before it is committed, it never was.</summary>
internal sealed class StagedModel : IDisposable
{
    private readonly StagedOutput _staged;
    private readonly OutputOptions _options;

    private StagedModel(StagedOutput staged, OutputOptions options)
    {
        _staged = staged;
        _options = options;
    }

    /// <summary>Full path of a destination as it is compared with other paths.</summary>
    public static string FullPath(string destination) => Path.GetFullPath(destination).TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);

    /// <summary>Writes a model next to its destination and checks it there. Where it is to replace its source, the source's files are closed.</summary>
    /// <param name="source">The model that it is made of, still open.</param>
    /// <param name="output">What is to be written.</param>
    /// <param name="form">Where its files come from.</param>
    /// <param name="destination">Full path of its place.</param>
    /// <param name="options">How it takes its place.</param>
    /// <param name="write">Writes it to a path.</param>
    /// <param name="cancellationToken">Stops it; the destination then is as it was.</param>
    /// <exception cref="DestinationExistsException">Something stands at the destination and may not be replaced.</exception>
    /// <exception cref="DestinationIsSourceException">The destination is the model itself and may not be replaced.</exception>
    /// <exception cref="IOException">The model cannot be written.</exception>
    public static StagedModel Write(
        ModelFile source, OutputModel output, OutputForm form, string destination, ModelOutputOptions options, Action<string> write, CancellationToken cancellationToken)
    {
        bool isInPlace = SamePath.Is(destination, source.Path);
        if (isInPlace && !options.InPlace)
        {
            throw new DestinationIsSourceException(source.Path);
        }

        // The model as it is found at its own path is what is replaced.
        bool overwrite = options.Overwrite || isInPlace;
        StagedOutput staged = StagedOutput.Begin(destination, overwrite);
        try
        {
            write(staged.ContentPath);
            source.Container.CheckUnchanged(cancellationToken);
            OutputCheck.Verify(output, staged.ContentPath, form.Specification);
            OutputAttributes.Copy(source.Container, form, output, staged.ContentPath, destination);
            cancellationToken.ThrowIfCancellationRequested();
            if (isInPlace)
            {
                source.Dispose();
            }

            return new StagedModel(staged, options with { Overwrite = overwrite });
        }
        catch (Exception e)
        {
            staged.Dispose();
            ExceptionDispatchInfo.Capture(staged.InTermsOfDestination(e)).Throw();
            throw;
        }
    }

    /// <summary>Full path where it stands until it is committed.</summary>
    public string WrittenPath => _staged.ContentPath;

    /// <summary>Waits for the medium, unless the options say otherwise, and renames the model into place.</summary>
    /// <returns><see langword="false"/> when the file system cannot confirm that it is on the medium.</returns>
    /// <exception cref="DestinationExistsException">Something has appeared at the destination and may not be replaced.</exception>
    /// <exception cref="IOException">The model did not reach the medium or cannot be renamed; the destination is as it was.</exception>
    public bool Commit() => _staged.Commit(_options);

    /// <summary>Removes what was staged.</summary>
    public void Dispose() => _staged.Dispose();
}
