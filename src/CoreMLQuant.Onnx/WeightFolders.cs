using System.IO;
using CoreMLQuant.Files;

namespace CoreMLQuant.Onnx;

/// <summary>Where external data of a graph lies: paths begin at the package, or at the folder of a single file.</summary>
internal static class WeightFolders
{
    /// <summary>The folder.</summary>
    public static string Of(ModelContainer container) => container.IsFolder ? container.Path : Path.GetDirectoryName(container.Path)!;

    /// <summary>The specification's path in it.</summary>
    public static string Specification(ModelContainer container) => container.IsFolder ? container.Specification : Path.GetFileName(container.Path);
}
