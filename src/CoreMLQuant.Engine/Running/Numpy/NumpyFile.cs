using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;

namespace CoreMLQuant.Running.Numpy;

/// <summary>The arrays of a .npy or .npz file.</summary>
internal static class NumpyFile
{
    /// <summary>Extension of a file with one array.</summary>
    public const string ArrayExtension = ".npy";

    /// <summary>Extension of a file with several, by name.</summary>
    public const string ArchiveExtension = ".npz";

    // numpy's own time for entries, so that the same arrays make the same bytes.
    private static readonly DateTimeOffset EntryTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads the array of a .npy file.</summary>
    /// <exception cref="SampleDataException">It is no such file.</exception>
    public static MultiArray ReadArray(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return NpyArray.Read(stream, stream.Length, path);
    }

    /// <summary>Reads the arrays of a .npz file, in the file's order.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SampleDataException">It is no such file, or claims more than it can hold.</exception>
    public static IReadOnlyList<(string Name, MultiArray Array)> ReadArchive(string path)
    {
        var arrays = new List<(string, MultiArray)>();
        ReadArchive(path, NumpyLimits.MaximumArrayBytes, (name, array) => arrays.Add((name, array)));
        return arrays;
    }

    /// <summary>Reads the arrays of a .npz file one after the other.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maximumBytes">Most bytes that all arrays together may have.</param>
    /// <param name="take">Takes each with its name, in the file's order.</param>
    /// <exception cref="SampleDataException">It is no such file, or claims more than it can hold.</exception>
    public static void ReadArchive(string path, long maximumBytes, Action<string, MultiArray> take)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            ZipArchiveEntry[] entries = archive.Entries.Where(entry => entry.FullName.EndsWith(ArrayExtension, StringComparison.Ordinal)).ToArray();
            RequireBelowLimit(path, entries, maximumBytes);
            foreach (ZipArchiveEntry entry in entries)
            {
                using Stream stream = entry.Open();
                take(entry.FullName.Substring(0, entry.FullName.Length - ArrayExtension.Length), NpyArray.Read(stream, entry.Length, $"{path}/{entry.FullName}"));
            }
        }
        catch (InvalidDataException e)
        {
            throw new SampleDataException(path, $"It is not a .npz file, or a damaged one: {e.Message}", e);
        }
    }

    /// <summary>Reads the arrays of a .npz file by name.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SampleDataException">It is no such file, or claims more than it can hold.</exception>
    public static IReadOnlyDictionary<string, MultiArray> ReadArrays(string path) =>
        ReadArchive(path).GroupBy(item => item.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last().Array, StringComparer.Ordinal);

    /// <summary>Writes arrays as a .npz file, complete or not at all.</summary>
    /// <param name="destination">Full path.</param>
    /// <param name="arrays">The arrays by name; each is asked for when the one before is written.</param>
    /// <param name="options">Whether a file that is there may be replaced, and whether to wait until the new one is on disk.</param>
    /// <returns><see langword="false"/> when the file system cannot confirm that it is on disk.</returns>
    /// <exception cref="DestinationExistsException">Something is there and may not be replaced.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static bool Write(string destination, IEnumerable<(string Name, MultiArray Array)> arrays, OutputOptions options)
    {
        if (Directory.Exists(destination))
        {
            throw new IOException($"'{destination}' is a folder, which is not replaced by a file. Specify the path of an .npz file.");
        }

        using StagedOutput staged = StagedOutput.Begin(destination, options.Overwrite);
        staged.Write(path =>
        {
            using FileStream stream = File.Create(path);
            WriteArchive(stream, arrays);
        });

        return staged.Commit(options);
    }

    // Before the first is read: an array takes the memory that its length claims.
    private static void RequireBelowLimit(string path, ZipArchiveEntry[] entries, long maximumBytes)
    {
        long total = 0;
        foreach (ZipArchiveEntry entry in entries)
        {
            total += entry.Length;
            if (entry.Length > (entry.CompressedLength + 1) * NumpyLimits.DeflateRatio || total > maximumBytes)
            {
                throw new SampleDataException(
                    $"{path}/{entry.FullName}",
                    $"It claims {entry.Length} bytes from {entry.CompressedLength} compressed ones; all arrays of a file together may have {maximumBytes}.");
            }
        }
    }

    /// <summary>Writes arrays as a .npz file that numpy reads, without compression.</summary>
    public static void WriteArchive(Stream stream, IEnumerable<(string Name, MultiArray Array)> arrays)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach ((string name, MultiArray array) in arrays)
        {
            ZipArchiveEntry entry = archive.CreateEntry(name + ArrayExtension, CompressionLevel.NoCompression);
            entry.LastWriteTime = EntryTime;
            using Stream content = entry.Open();
            NpyArray.Write(content, array.Values, array.Shape);
        }
    }
}
