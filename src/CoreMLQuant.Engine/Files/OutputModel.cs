using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Files;

/// <summary>A model to be written: a single file, or the files and folders of a package by relative path.</summary>
/// <param name="IsPackage">Whether it is a folder.</param>
/// <param name="Files">Relative path (<c>/</c> between names; empty for a single file) and content of every file.</param>
/// <param name="Folders">Relative paths of folders that hold no file but are kept.</param>
internal sealed record OutputModel(
    bool IsPackage,
    IReadOnlyList<(string RelativePath, FileLayout Layout)> Files,
    IReadOnlyList<string> Folders)
{
    /// <summary>Bytes on disk.</summary>
    public long Length => Files.Sum(file => file.Layout.Length);
}
