using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace CoreMLQuant.Tests.Fuzzing;

/// <summary>A sound model that damage starts from: its files by path relative to it, with an empty path for a single file.</summary>
internal sealed record ModelSeed(string Name, IReadOnlyDictionary<string, byte[]> Files)
{
    private const int LargestSize = 160 << 10;

    // Collections that are damaged already, or are no models.
    private static readonly string[] OtherFolders = ["cases", "damaged", "validation", "coremltools_configurations"];

    private static readonly Lazy<ModelSeed[]> Small = new(() => Directory.GetDirectories(TestFiles.Fixture())
        .Where(folder => !OtherFolders.Contains(Path.GetFileName(folder)))
        .SelectMany(folder => Directory.GetFileSystemEntries(folder, "*.mlmodel").Concat(Directory.GetFileSystemEntries(folder, "*.mlpackage")))
        .OrderBy(path => path, StringComparer.Ordinal)
        .Select(path => new ModelSeed(Path.GetFileName(path), EngineRuns.Contents(path)))
        .Where(seed => seed.Files.Values.Sum(content => content.LongLength) <= LargestSize)
        .ToArray());

    /// <summary>All fixtures of a size that can be read many times.</summary>
    public static IReadOnlyList<ModelSeed> All => Small.Value;

    /// <summary>Where the specification is among the files.</summary>
    public string Specification => Files.Keys.Single(name => name.Length == 0 || name.EndsWith(".mlmodel", StringComparison.Ordinal));

    /// <summary>Writes a model.</summary>
    /// <param name="path">Full path of the file or folder.</param>
    /// <param name="files">Its files.</param>
    public static void Write(string path, IReadOnlyDictionary<string, byte[]> files)
    {
        foreach (KeyValuePair<string, byte[]> file in files)
        {
            string full = file.Key.Length == 0 ? path : Path.Combine(path, file.Key);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllBytes(full, file.Value);
        }
    }
}
