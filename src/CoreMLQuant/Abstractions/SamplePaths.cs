using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Errors;
using CoreMLQuant.Running;

namespace CoreMLQuant.Abstractions;

/// <summary>The files and folders that -InputPath names.</summary>
internal static class SamplePaths
{
    /// <summary>Full paths, all of which are there: a mistyped one is told at once, not after hours.</summary>
    /// <param name="paths">Resolves them.</param>
    /// <param name="texts">Paths as written, with wildcards or without.</param>
    /// <exception cref="PathException">One cannot be resolved, or nothing is there.</exception>
    public static string[] Samples(this PathIntrinsics paths, IEnumerable<string> texts)
    {
        string[] found = texts.SelectMany(text => paths.Find(text) is { Count: > 0 } some ? some : throw Missing(text, "No file or folder matches it.")).ToArray();
        return found.FirstOrDefault(path => !File.Exists(path) && !Directory.Exists(path)) is { } missing ? throw Missing(missing, "It does not exist.") : found;
    }

    private static PathException Missing(string path, string problem) => new(new SampleDataException(path, problem).ToReadError(path));
}
