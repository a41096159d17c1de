using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Files;
using CoreMLQuant.Files.Native;

namespace CoreMLQuant.Onnx;

/// <summary>
/// The folder that external data of a graph lies in, and the model's files as seen from there: the package, or the folder of a single
/// file. ONNX Runtime refuses files outside of the folder, and looks at what links lead to: for a model whose links lead out of it, the
/// folder is one that contains what they lead to.
/// </summary>
internal sealed class WeightFolder
{
    private readonly Dictionary<string, string> _paths;

    private WeightFolder(string path, Dictionary<string, string> paths, string specification)
    {
        Path = path;
        _paths = paths;
        Specification = paths[specification];
    }

    /// <summary>Full path of the folder.</summary>
    public string Path { get; }

    /// <summary>The specification's path in it.</summary>
    public string Specification { get; }

    /// <summary>Path of a weight file in it, with <c>/</c>.</summary>
    /// <param name="relativePath">The file's path relative to the model.</param>
    public string PathOf(string relativePath) => _paths[relativePath];

    /// <summary>Finds the folder.</summary>
    /// <param name="container">The model's files.</param>
    /// <param name="weightFiles">Paths of the weight files relative to the model.</param>
    public static WeightFolder Of(ModelContainer container, IEnumerable<string> weightFiles)
    {
        string own = container.IsFolder ? container.Path : System.IO.Path.GetDirectoryName(container.Path)!;
        string specification = container.IsFolder ? container.Specification : System.IO.Path.GetFileName(container.Path);
        string[] files = weightFiles.Append(specification).Distinct(StringComparer.Ordinal).ToArray();
        Dictionary<string, string> targets = files.ToDictionary(file => file, file => Target(System.IO.Path.Combine(own, file)), StringComparer.Ordinal);
        string real = Target(own);
        return targets.Values.All(target => IsIn(real, target)) || Around(targets.Values) is not { } around
            ? new WeightFolder(own, files.ToDictionary(file => file, file => file, StringComparer.Ordinal), specification)
            : new WeightFolder(around, targets.ToDictionary(pair => pair.Key, pair => Below(around, pair.Value), StringComparer.Ordinal), specification);
    }

    private static string Target(string path) => LinkTarget.Resolve(path) ?? path;

    // The deepest folder that holds them all; null where they are on different drives.
    private static string? Around(IReadOnlyCollection<string> files)
    {
        string? folder = System.IO.Path.GetDirectoryName(files.First());
        while (folder is not null && !files.All(file => IsIn(folder, file)))
        {
            folder = System.IO.Path.GetDirectoryName(folder);
        }

        return folder;
    }

    private static bool IsIn(string folder, string path) => path.StartsWith(WithSeparator(folder), StringComparison.Ordinal);

    private static string Below(string folder, string path) => path.Substring(WithSeparator(folder).Length).Replace('\\', '/');

    private static string WithSeparator(string folder) =>
        folder.TrimEnd(System.IO.Path.DirectorySeparatorChar, System.IO.Path.AltDirectorySeparatorChar) + System.IO.Path.DirectorySeparatorChar;
}
