using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Errors;

namespace CoreMLQuant.Files;

/// <summary>
/// All or nothing: a model is written into a staging folder beside its destination and renamed into place when it
/// is complete. Until then the destination is as it was. A staging folder holds a lock file that its process keeps
/// open, so what a killed process left is recognised by the next run and put back or removed.
/// </summary>
internal sealed class StagedOutput : IDisposable
{
    private const string StagingSuffix = ".coremlquant-staging";
    private const string LockName = "lock";
    private const string ContentName = "new";
    private const string ReplacedName = "old";

    private readonly string _destination;
    private readonly string _staging;
    private readonly FileStream _lock;

    private StagedOutput(string destination, string staging, FileStream lockFile)
    {
        _destination = destination;
        _staging = staging;
        _lock = lockFile;
    }

    /// <summary>Where the new model is written; nothing stands there yet.</summary>
    public string ContentPath => Path.Combine(_staging, ContentName);

    /// <summary>Makes a staging folder beside a destination, after cleaning up what killed runs left for it.</summary>
    /// <param name="destination">Full path of the file or folder to be.</param>
    /// <param name="overwrite">Whether something that stands there may be replaced.</param>
    /// <exception cref="DestinationExistsException">The file exists and must not be replaced.</exception>
    public static StagedOutput Begin(string destination, bool overwrite)
    {
        string folder = Path.GetDirectoryName(destination)!;
        string name = Path.GetFileName(destination);
        Directory.CreateDirectory(folder);
        CleanUp(folder, name, destination);
        if (!overwrite && Exists(destination))
        {
            throw new DestinationExistsException(destination);
        }

        string staging = Path.Combine(folder, $".{name}.{Guid.NewGuid():N}{StagingSuffix}");
        Directory.CreateDirectory(staging);
        try
        {
            return new StagedOutput(destination, staging, Lock(staging));
        }
        catch
        {
            Directory.Delete(staging, recursive: true);
            throw;
        }
    }

    /// <summary>Renames the finished model into place.</summary>
    /// <exception cref="DestinationExistsException">Something has appeared there meanwhile and may not be replaced.</exception>
    public void Commit(bool overwrite)
    {
        if (!Exists(_destination))
        {
            Move(ContentPath, _destination);
            return;
        }

        if (!overwrite)
        {
            throw new DestinationExistsException(_destination);
        }

#if NET
        if (File.Exists(ContentPath) && File.Exists(_destination))
        {
            File.Move(ContentPath, _destination, overwrite: true);
            return;
        }
#endif
        // A folder cannot be replaced in one step: the old one waits in the staging folder, where a crash between
        // the two renames leaves it to be put back.
        string replaced = Path.Combine(_staging, ReplacedName);
        Move(_destination, replaced);
        try
        {
            Move(ContentPath, _destination);
        }
        catch
        {
            Move(replaced, _destination);
            throw;
        }
    }

    /// <summary>Removes the staging folder and what is in it.</summary>
    public void Dispose()
    {
        _lock.Dispose();
        try
        {
            Directory.Delete(_staging, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A virus scanner may hold a file for a moment; the next run for this destination removes the rest.
        }
    }

    private static void CleanUp(string folder, string name, string destination)
    {
        foreach (string staging in Directory.EnumerateDirectories(folder, $".{name}.*{StagingSuffix}").ToArray())
        {
            FileStream lockFile;
            try
            {
                lockFile = Lock(staging);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // Its process is alive.
            }

            string replaced = Path.Combine(staging, ReplacedName);
            if (Exists(replaced) && !Exists(destination))
            {
                Move(replaced, destination);
            }

            new StagedOutput(destination, staging, lockFile).Dispose();
        }
    }

    private static FileStream Lock(string staging) =>
        new(Path.Combine(staging, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    private static void Move(string from, string to)
    {
        if (Directory.Exists(from))
        {
            Directory.Move(from, to);
        }
        else
        {
            File.Move(from, to);
        }
    }
}
