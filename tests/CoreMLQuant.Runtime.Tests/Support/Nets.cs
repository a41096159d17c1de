using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;

namespace CoreMLQuant.Runtime.Tests.Support;

/// <summary>The networks of tests/fixtures/run with inputs and the outputs that torch gave.</summary>
internal static class Nets
{
    private static readonly Lazy<string> Folder = new(() =>
    {
        string folder = Directory.CreateTempSubdirectory("CoreMLQuant-nets-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        ZipFile.ExtractToDirectory(Repository.Fixture("run/nets.zip"), folder);

        // Packages without weights have an empty folder for them, which archives and repositories do not keep.
        foreach (string data in Directory.EnumerateDirectories(folder, "com.apple.CoreML", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(data, "weights"));
        }

        return folder;
    });

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder.Value, "inputs.npz", SearchOption.AllDirectories)
        .Select(path => Path.GetFileName(Path.GetDirectoryName(path)!))
        .Order(StringComparer.Ordinal);

    public static string Of(string name) => Directory.EnumerateDirectories(Folder.Value, name, SearchOption.AllDirectories).First();

    public static string Model(string name) => Path.Combine(Of(name), Directory.Exists(Path.Combine(Of(name), "model.mlpackage")) ? "model.mlpackage" : "model.mlmodel");
}
