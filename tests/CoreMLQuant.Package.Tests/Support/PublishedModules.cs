using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Reflection.PortableExecutable;

namespace CoreMLQuant.Package.Tests.Support;

/// <summary>
/// The modules as <c>build.ps1</c> packs them, published to a folder and installed from there. Packed in our own shell, as on a machine with nothing but the
/// .NET SDK; installed and used in PowerShell. Once for all tests.
/// </summary>
public sealed class PublishedModules : IDisposable
{
    /// <summary>An address of the project, for a run that publishes nothing.</summary>
    public const string ProjectUri = "https://example.org/coremlquant";

    private readonly string _root = Directory.CreateTempSubdirectory("coremlquant-gallery-").FullName;
    private readonly string _repository = "CoreMLQuantTest" + Guid.NewGuid().ToString("N");
    private readonly string _packages;

    /// <summary>Packs, publishes and installs.</summary>
    public PublishedModules()
    {
        _packages = Directory.CreateDirectory(Path.Combine(_root, "repository")).FullName;
        Modules = Directory.CreateDirectory(Path.Combine(_root, "modules")).FullName;
        InPowerShell($"Register-PSResourceRepository -Name {_repository} -Uri '{_packages}' -Trusted").Succeeded();

        WhatIf = Publish("-WhatIf", new Dictionary<string, string?> { ["ProjectUri"] = ProjectUri }).Succeeded();
        PackagesAfterWhatIf = Packages;
        ManifestWithProjectUri = File.ReadAllText(StagedManifest);
        Publish(string.Empty, new Dictionary<string, string?>()).Succeeded();
        InPowerShell($"Save-PSResource CoreMLQuant, CoreMLQuant.Runtime -Repository {_repository} -Path '{Modules}'").Succeeded();
    }

    /// <summary>What publishing said with <c>-WhatIf</c>.</summary>
    internal Command WhatIf { get; }

    /// <summary>Names of the packages that were in the repository then.</summary>
    public IReadOnlyList<string> PackagesAfterWhatIf { get; }

    /// <summary>The manifest of a project that has an address.</summary>
    public string ManifestWithProjectUri { get; }

    /// <summary>Names of the packages in the repository.</summary>
    public IReadOnlyList<string> Packages => [.. Directory.GetFiles(_packages).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    /// <summary>The folder that the modules are installed in, and nothing else.</summary>
    public string Modules { get; }

    private string StagedManifest => Directory.GetFiles(Path.Combine(_root, "output", "CoreMLQuant"), "CoreMLQuant.psd1", SearchOption.AllDirectories).Single();

    /// <summary>The files of a module in its package, without those of the package format.</summary>
    public IReadOnlyList<string> FilesOf(string module)
    {
        using ZipArchive archive = Open(module);
        return [.. archive.Entries.Select(entry => entry.FullName)
            .Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal))
            .Where(name => name is not "[Content_Types].xml" && !name.EndsWith(".nuspec", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>A file of a module in its package.</summary>
    public string Read(string module, string file)
    {
        using ZipArchive archive = Open(module);
        using var reader = new StreamReader(archive.GetEntry(file)!.Open());
        return reader.ReadToEnd();
    }

    /// <summary>The bytes of a file of a module in its package.</summary>
    public byte[] ReadBytes(string module, string file)
    {
        using ZipArchive archive = Open(module);
        using Stream entry = archive.GetEntry(file)!.Open();
        var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>An assembly of a module in its package.</summary>
    public PEReader Assembly(string module, string file) => new([.. ReadBytes(module, file)]);

    /// <summary>Runs a script in PowerShell, which finds its own modules and the installed ones, or those of another folder.</summary>
    internal Command InPowerShell(string script, string leg = "", string? modules = null) => Command.Run(
        "dotnet",
        [Repository.PowerShell, "-NoProfile", "-NonInteractive", "-Command", "$ErrorActionPreference = 'Stop'; " + script.Replace("{repository}", _repository, StringComparison.Ordinal)],
        new Dictionary<string, string?> { ["PSModulePath"] = modules ?? Modules, ["COREMLQUANT_LEG"] = leg, ["NO_COLOR"] = "1", ["XDG_DATA_HOME"] = Path.Combine(_root, "home") });

    /// <inheritdoc/>
    public void Dispose()
    {
        InPowerShell($"Unregister-PSResourceRepository -Name {_repository}");
        Directory.Delete(_root, recursive: true);
    }

    private Command Publish(string more, Dictionary<string, string?> environment)
    {
        string script = Path.Combine(Repository.Root, "build.ps1");
        environment["XDG_DATA_HOME"] = Path.Combine(_root, "home");
        environment["NO_COLOR"] = "1";
        return Command.Run(
            "dotnet",
            [Repository.ShellAssembly, "-NoProfile", "-NonInteractive", "-Command", $"& '{script}' Publish -NoBuild -Configuration {Repository.Configuration} -OutputPath '{_root}/output' -Repository {_repository} {more}"],
            environment);
    }

    private ZipArchive Open(string module) =>
        ZipFile.OpenRead(Directory.GetFiles(_packages, "*.nupkg").Single(path => System.Text.RegularExpressions.Regex.IsMatch(Path.GetFileName(path), $@"^{module}\.\d")));
}
