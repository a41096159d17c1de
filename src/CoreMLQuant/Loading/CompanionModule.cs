using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace CoreMLQuant.Loading;

/// <summary>Where the module CoreMLQuant.Runtime is: in a build beside what it was built with, installed beside this module or elsewhere on the module path.</summary>
internal static class CompanionModule
{
    /// <summary>Its name.</summary>
    public const string Name = "CoreMLQuant.Runtime";

    private const string BinaryFolder = "bin";

    private static readonly Version ModuleVersion = typeof(CompanionModule).Assembly.GetName().Version!;

    /// <summary>The version that belongs to this module.</summary>
    public static string Version => ModuleVersion.ToString(3);

    /// <summary>Folder of its assemblies and native libraries; <see langword="null"/> when it is not installed in this module's version.</summary>
    public static string? Find() => Candidates()
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, Name + ".psd1")) && HasVersion(folder)) is { } found
        ? Path.Combine(found, BinaryFolder)
        : null;

    private static IEnumerable<string> Candidates()
    {
        // An installed module is in <modules>/CoreMLQuant/<version>/module.
        string module = ModuleFolder.Path;
        yield return Path.Combine(module, Name);
        string modulePath = Environment.GetEnvironmentVariable("PSModulePath") ?? string.Empty;
        foreach (string folder in modulePath.Split(Path.PathSeparator).Prepend(ModuleFolder.Above(module, 3)).Where(folder => folder.Length > 0))
        {
            yield return Path.Combine(folder, Name, Version);
            yield return Path.Combine(folder, Name);
        }
    }

    // The two are made for each other. Its manifest is the build's own: the version stands in it in one form.
    private static bool HasVersion(string folder) =>
        File.ReadLines(Path.Combine(folder, Name + ".psd1")).Any(line => line.TrimStart().StartsWith("ModuleVersion", StringComparison.Ordinal) && line.Contains($"'{Version}'"));
}
