using System;
using System.IO;

namespace CoreMLQuant.Tests;

/// <summary>Where the fixtures are, and scratch folders that vanish after a test.</summary>
internal static class TestFiles
{
    private static readonly Lazy<string> RepositoryRoot = new(() =>
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CoreMLQuant.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests must run inside the repository.");
        }

        return folder;
    });

    /// <summary>The repository.</summary>
    public static string Root => RepositoryRoot.Value;

    /// <summary>Path of a fixture below tests/fixtures.</summary>
    public static string Fixture(params string[] names) => Path.Combine([Root, "tests", "fixtures", .. names]);

    /// <summary>Copies a file or folder with everything in it.</summary>
    public static string Copy(string source, string destination)
    {
        if (File.Exists(source))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
            File.WriteAllBytes(destination, File.ReadAllBytes(source));
            return destination;
        }

        Directory.CreateDirectory(destination);
        foreach (string entry in Directory.EnumerateFileSystemEntries(source))
        {
            Copy(entry, Path.Combine(destination, Path.GetFileName(entry)));
        }

        return destination;
    }
}

/// <summary>A folder for one test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public ScratchFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "coremlquant-tests-" + Guid.NewGuid().ToString("N"));

    public string Combine(params string[] names) => System.IO.Path.Combine([Path, .. names]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
