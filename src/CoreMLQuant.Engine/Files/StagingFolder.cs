using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using CoreMLQuant.Files.Native;

namespace CoreMLQuant.Files;

/// <summary>
/// A folder beside a destination in which one run works. It is named by a hash of the destination's name, so that no two
/// destinations can be taken for each other and a long name still has one. It is made for this user alone, and holds a lock file
/// that its process keeps open: what a killed run left is recognised by its lock.
/// </summary>
internal sealed class StagingFolder : IDisposable
{
    /// <summary>What the names of these folders end in.</summary>
    public const string Suffix = ".coremlquant-staging";

    private const string LockName = "lock";
    private const int HashLength = 8;
    private const int MaxAttempts = 16;

    private readonly FileStream _lock;

    private StagingFolder(string path, FileStream lockFile)
    {
        Path = path;
        _lock = lockFile;
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>
    /// Makes a staging folder. A run that cleans up may take it away before it is locked, as nobody's: then the lock cannot be
    /// made, or is the other's, and the next attempt has another name. Once this returns, it is this run's.
    /// </summary>
    /// <param name="destination">Full path of the file or folder to be.</param>
    /// <exception cref="IOException">No folder can be made there.</exception>
    public static StagingFolder Create(string destination)
    {
        for (int attempt = 1; ; attempt++)
        {
            string path = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(destination)!, Prefix(destination) + Guid.NewGuid().ToString("N") + Suffix);
            if (!PrivateFolder.TryCreate(path))
            {
                continue;
            }

            try
            {
                return new StagingFolder(path, Lock(path, FileMode.CreateNew));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                PrivateFolder.TryRemoveEmpty(path);
                if (attempt == MaxAttempts)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Takes over what killed runs left for a destination. Folders of other users and links are nobody's business here.</summary>
    /// <param name="destination">Full path of the file or folder that they were to make.</param>
    public static IEnumerable<StagingFolder> TakeAbandoned(string destination)
    {
        string[] found;
        try
        {
            found = Directory.GetDirectories(System.IO.Path.GetDirectoryName(destination)!, Prefix(destination) + "*" + Suffix);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that may be written to and not be read.
            found = [];
        }

        return found.Select(Take).OfType<StagingFolder>();
    }

    /// <summary>Leaves the folder as it stands, for a later run to take over.</summary>
    public void Leave() => _lock.Dispose();

    /// <summary>Removes the folder and what is in it.</summary>
    public void Dispose()
    {
        // While it is locked nobody can take it; Windows cannot remove what is open.
        if (!Posix.IsAvailable)
        {
            _lock.Dispose();
        }

        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A virus scanner may hold a file for a moment; the next run for this destination removes the rest.
        }
        finally
        {
            _lock.Dispose();
        }
    }

    private static StagingFolder? Take(string path)
    {
        try
        {
            if (!PrivateFolder.IsOwn(path))
            {
                return null;
            }

            FileKind? lockKind = FileFacts.Of(System.IO.Path.Combine(path, LockName), followLink: false)?.Kind;
            return lockKind switch
            {
                FileKind.Regular => new StagingFolder(path, Lock(path, FileMode.Open)),

                // Killed before it was locked, or while it was removed.
                null when !PrivateFolder.TryRemoveEmpty(path) => new StagingFolder(path, Lock(path, FileMode.CreateNew)),
                _ => null,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // Its process is alive, or has just removed it.
        }
    }

    // POSIX opens first and locks then: whoever removed the folder in between held the lock until the file was gone.
    private static FileStream Lock(string path, FileMode mode)
    {
        string name = System.IO.Path.Combine(path, LockName);
        var file = new FileStream(name, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        if (FileFacts.Of(name, followLink: false) is null)
        {
            file.Dispose();
            throw new IOException($"'{name}' was removed while it was locked.");
        }

        return file;
    }

    private static string Prefix(string destination)
    {
        using SHA256 sha = SHA256.Create();
        byte[] hash = sha.ComputeHash(Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(destination)));
        return $".{string.Concat(hash.Take(HashLength).Select(value => value.ToString("x2", CultureInfo.InvariantCulture)))}.";
    }
}
