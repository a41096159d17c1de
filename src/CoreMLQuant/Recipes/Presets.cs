using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace CoreMLQuant.Recipes;

/// <summary>The recipes that come with the module: files in its folder presets, by their names.</summary>
internal static class Presets
{
    private const string Extension = ".yaml";

    // This assembly is in <module>/bin/<leg>.
    private static readonly string Folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(Presets).Assembly.Location)!, "..", "..", "presets"));

    /// <summary>Their names, in ordinal order.</summary>
    public static IReadOnlyList<string> Names => Directory.Exists(Folder)
        ? [.. Directory.GetFiles(Folder, "*" + Extension).Select(Path.GetFileNameWithoutExtension).OfType<string>().OrderBy(name => name, StringComparer.Ordinal)]
        : [];
}
