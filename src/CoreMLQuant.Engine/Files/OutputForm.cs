using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Files;

/// <summary>How a model stands in the file system once it is written, and which file of the source each of its files is made from.</summary>
/// <param name="IsPackage">Whether it is a folder.</param>
/// <param name="Specification">Relative path of the specification; empty for a single file.</param>
/// <param name="Files">The files.</param>
/// <param name="Folders">Relative paths of the folders.</param>
/// <param name="References">By relative path of a weight file of the source: what the specification calls it then. Others keep their names.</param>
internal sealed record OutputForm(
    bool IsPackage,
    string Specification,
    IReadOnlyList<OutputEntry> Files,
    IReadOnlyList<string> Folders,
    IReadOnlyDictionary<string, string> References)
{
    /// <summary>The source's own form: the same files under the same names.</summary>
    public static OutputForm Same(ModelContainer source) => new(
        source.Kind == ContainerKind.Package,
        source.Specification,
        source.Files.Select(file => new OutputEntry(file.Path, file.Path)).ToArray(),
        source.Folders,
        new Dictionary<string, string>());

    /// <summary>Relative path of what an output is made from, or is named after in the source: permissions and attributes come from there.</summary>
    /// <param name="path">Relative path of a file or folder of the output.</param>
    public string SourceOf(string path) => Files.FirstOrDefault(file => file.Path == path)?.Source ?? path;
}

/// <summary>A file of an output.</summary>
/// <param name="Path">Its relative path.</param>
/// <param name="Source">Relative path of the file of the source that it is made from; empty for the source itself.</param>
/// <param name="Content">What it contains, when that is neither the source's content nor something that is planned.</param>
internal sealed record OutputEntry(string Path, string Source, byte[]? Content = null);
