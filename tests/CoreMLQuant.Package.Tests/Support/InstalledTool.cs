using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;

namespace CoreMLQuant.Package.Tests.Support;

/// <summary>The shell, packed, and installed from the package as <c>dotnet tool install</c> does it. Once for all tests.</summary>
public sealed class InstalledTool : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("coremlquant-tool-").FullName;

    /// <summary>Packs and installs.</summary>
    public InstalledTool()
    {
        string packages = Path.Combine(_root, "packages");
        string tool = Path.Combine(_root, "tool");
        Command.Run("dotnet", ["pack", Repository.ShellProject, "--configuration", Repository.Configuration, "--no-build", "--output", packages]).Succeeded();
        Package = Directory.GetFiles(packages, "*.nupkg").Single();
        Command.Run("dotnet", ["tool", "install", "CoreMLQuant.Shell", "--source", packages, "--tool-path", tool]).Succeeded();
        Program = Path.Combine(tool, OperatingSystem.IsWindows() ? "coremlquant.exe" : "coremlquant");
        Manifest = Directory.GetFiles(tool, "CoreMLQuant.psd1", SearchOption.AllDirectories).Single();
        Pester = new PesterRuns(this);
    }

    /// <summary>The Pester files' runs in it.</summary>
    public PesterRuns Pester { get; }

    /// <summary>The package.</summary>
    public string Package { get; }

    /// <summary>The installed program.</summary>
    public string Program { get; }

    /// <summary>The manifest of the module that the package holds.</summary>
    public string Manifest { get; }

    /// <summary>Paths in the package.</summary>
    public IReadOnlyList<string> PackageEntries()
    {
        using ZipArchive archive = ZipFile.OpenRead(Package);
        return archive.Entries.Select(entry => entry.FullName).ToArray();
    }

    /// <summary>A file of the program in the package.</summary>
    public string ReadEntry(string file)
    {
        using ZipArchive archive = ZipFile.OpenRead(Package);
        using var reader = new StreamReader(archive.Entries.Single(entry => entry.FullName.EndsWith("/any/" + file, StringComparison.Ordinal)).Open());
        return reader.ReadToEnd();
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_root, recursive: true);
}
