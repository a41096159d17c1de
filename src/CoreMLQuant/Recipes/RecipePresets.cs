using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Errors;
using CoreMLQuant.Loading;

namespace CoreMLQuant.Recipes;

/// <summary>The recipes that the module brings: a file in presets for each, named after it.</summary>
internal static class RecipePresets
{
    private const string Extension = ".yaml";

    private static string Folder => Path.Combine(ModuleFolder.Path, "presets");

    /// <summary>Their names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names => Directory.Exists(Folder)
        ? Directory.GetFiles(Folder, "*" + Extension).Select(file => Path.GetFileNameWithoutExtension(file)).OrderBy(name => name, StringComparer.OrdinalIgnoreCase).ToArray()
        : [];

    /// <summary>Full path of a preset's file.</summary>
    /// <exception cref="PathException">There is no preset of that name.</exception>
    public static string FileOf(string name) => Names.FirstOrDefault(preset => preset.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found
        ? Path.Combine(Folder, found + Extension)
        : throw new PathException(ErrorRecords.Create(
            ErrorIds.PresetNotFound, ErrorCategory.ObjectNotFound, name, $"There is no preset '{name}'. Use one of {string.Join(", ", Names)}."));

    /// <summary>What a preset is for: the first line of its file.</summary>
    public static string Summary(string name) => File.ReadLines(FileOf(name)).FirstOrDefault()?.TrimStart('#', ' ') ?? name;
}
