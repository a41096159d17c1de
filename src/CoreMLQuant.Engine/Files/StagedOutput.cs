using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Errors;
using CoreMLQuant.Files.Native;

namespace CoreMLQuant.Files;

/// <summary>
/// All or nothing: a model is written into a staging folder beside its destination, flushed to the medium and renamed into
/// place when it is complete. Until then the destination is as it was.
/// </summary>
internal sealed class StagedOutput : IDisposable
{
    private const string ContentName = "new";
    private const string ReplacedName = "old";

    private readonly StagingFolder _staging;
    private readonly NewFolder _folder;
    private bool _isPlaced;

    private StagedOutput(string destination, StagingFolder staging, NewFolder folder)
    {
        Destination = destination;
        _staging = staging;
        _folder = folder;
    }

    /// <summary>Full path of the file or folder to be.</summary>
    public string Destination { get; }

    /// <summary>Where the new model is written; nothing stands there yet.</summary>
    public string ContentPath => Path.Combine(_staging.Path, ContentName);

    private string Folder => Path.GetDirectoryName(Destination)!;

    /// <summary>Makes a staging folder beside a destination, after cleaning up what killed runs left for it.</summary>
    /// <param name="destination">Full path of the file or folder to be.</param>
    /// <param name="overwrite">Whether something that stands there may be replaced.</param>
    /// <exception cref="DestinationExistsException">The file exists and must not be replaced.</exception>
    public static StagedOutput Begin(string destination, bool overwrite)
    {
        NewFolder folder = NewFolder.Ensure(Path.GetDirectoryName(destination)!);
        try
        {
            FileSizeLimit.ReportAsError();
            CleanUp(destination);
            return !overwrite && Exists(destination)
                ? throw new DestinationExistsException(destination)
                : new StagedOutput(destination, StagingFolder.Create(destination), folder);
        }
        catch
        {
            folder.Undo();
            throw;
        }
    }

    /// <summary>Removes what killed runs left for a destination, and puts back an old model that one had put aside.</summary>
    /// <param name="destination">Full path of the file or folder that they were to make.</param>
    public static void CleanUp(string destination)
    {
        foreach (StagingFolder abandoned in StagingFolder.TakeAbandoned(destination))
        {
            string replaced = Path.Combine(abandoned.Path, ReplacedName);
            try
            {
                if (Exists(replaced))
                {
                    Renaming.TryMove(replaced, destination);
                }
            }
            finally
            {
                Remove(abandoned, destination);
            }
        }
    }

    /// <summary>Flushes the finished output to the medium, unless the options say otherwise, and renames it into place.</summary>
    /// <inheritdoc cref="Commit(bool, Func{string, bool, bool}?)"/>
    /// <param name="options">Whether something that stands there may be replaced, and whether to wait for the medium.</param>
    public bool Commit(OutputOptions options) => InTermsOfDestination(() => Commit(options.Overwrite, options.Flush ? Medium.Flush : null));

    /// <summary>Writes a single file.</summary>
    /// <param name="write">Writes the file at a path that nothing has yet.</param>
    /// <exception cref="IOException">It cannot be written; the message names the destination.</exception>
    public void Write(Action<string> write) => InTermsOfDestination(() =>
    {
        write(ContentPath);
        return true;
    });

    /// <summary>Flushes the finished model to the medium and renames it into place.</summary>
    /// <param name="overwrite">Whether something that stands there may be replaced.</param>
    /// <param name="flush">
    /// Waits for a file or folder to be on the medium and tells whether the file system can: <see cref="Medium.Flush"/>. Without it,
    /// nothing is waited for.
    /// </param>
    /// <returns><see langword="false"/> when the file system cannot flush.</returns>
    /// <exception cref="DestinationExistsException">Something has appeared there meanwhile and may not be replaced.</exception>
    /// <exception cref="IOException">It did not reach the medium, or cannot be renamed; the destination is as it was.</exception>
    public bool Commit(bool overwrite, Func<string, bool, bool>? flush)
    {
        bool flushed = flush is null || FlushContent(flush);
        Action undo = new Placement(ContentPath, Destination, Path.Combine(_staging.Path, ReplacedName)).Place(overwrite);
        try
        {
            flushed &= flush is null || (flush(_staging.Path, true) & flush(Folder, true));
        }
        catch
        {
            undo();
            throw;
        }

        _isPlaced = true;
        return flushed;
    }

    /// <summary>A failure in the words of the user, who knows the destination and not where it is prepared.</summary>
    public Exception InTermsOfDestination(Exception failure)
    {
        string message = failure.Message.Replace(ContentPath, Destination).Replace(_staging.Path, Destination);
        if (!message.Contains('\''))
        {
            message = $"'{Destination}': {message}";
        }

        // The error of a file that is too long (EFBIG) comes as one of an argument.
        if (failure is ArgumentOutOfRangeException { ParamName: "value" })
        {
            return new IOException(
                $"'{Destination}' would be larger than its file system, or the file size limit of this process, allows. Use another destination, or raise the limit (ulimit -f).", failure);
        }

        return message == failure.Message ? failure : failure switch
        {
            DestinationExistsException => failure,
            IOException => new IOException(message, failure),
            UnauthorizedAccessException => new UnauthorizedAccessException(message, failure),
            _ => failure,
        };
    }

    private T InTermsOfDestination<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception e) when (InTermsOfDestination(e) is var told && told != e)
        {
            throw told;
        }
    }

    /// <summary>Removes the staging folder and what is in it.</summary>
    public void Dispose()
    {
        Remove(_staging, Destination);
        if (!_isPlaced)
        {
            _folder.Undo();
        }
    }

    // What is inside a folder before the folder that names it, and all before the rename.
    private bool FlushContent(Func<string, bool, bool> flush)
    {
        bool flushed = true;
        if (Directory.Exists(ContentPath))
        {
            string[] folders = Directory.GetDirectories(ContentPath, "*", SearchOption.AllDirectories);
            foreach (string file in Directory.GetFiles(ContentPath, "*", SearchOption.AllDirectories))
            {
                flushed &= flush(file, false);
            }

            foreach (string folder in folders.OrderByDescending(folder => folder.Length).Append(ContentPath))
            {
                flushed &= flush(folder, true);
            }
        }
        else
        {
            flushed = flush(ContentPath, false);
        }

        foreach (string folder in _folder.Made.Select(made => Path.GetDirectoryName(made)!).Prepend(Folder).Prepend(_staging.Path))
        {
            flushed &= flush(folder, true);
        }

        return flushed;
    }

    // What may be the only copy of a model stays, for the next run to put back.
    private static void Remove(StagingFolder staging, string destination)
    {
        if (Exists(Path.Combine(staging.Path, ReplacedName)) && !Exists(destination))
        {
            staging.Leave();
        }
        else
        {
            staging.Dispose();
        }
    }

    private static bool Exists(string path) => FileFacts.Of(path, followLink: false) is not null;
}
