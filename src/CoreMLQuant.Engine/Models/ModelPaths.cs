using System;
using System.IO;
using CoreMLQuant.Files;

namespace CoreMLQuant.Models;

/// <summary>How model files are named and found.</summary>
public static class ModelPaths
{
    /// <summary>Extension of a single-file model.</summary>
    public const string FileExtension = ".mlmodel";

    /// <summary>Extension of a model package, which is a folder.</summary>
    public const string PackageExtension = ".mlpackage";

    /// <summary>Extension of a compiled model, which is a folder. It is read and never written.</summary>
    public const string CompiledExtension = ".mlmodelc";

    /// <summary>Whether the name is that of a model: an .mlmodel file, or a folder named .mlpackage or .mlmodelc.</summary>
    public static bool IsModelPath(string path) => (HasExtension(path, FileExtension) && !Directory.Exists(path)) || (IsFolderName(path) && !File.Exists(path));

    /// <summary>The package or compiled model that a path is or is inside; <see langword="null"/> when there is none.</summary>
    public static string? ContainingPackage(string path)
    {
        for (string? current = TrimSeparators(path); !string.IsNullOrEmpty(current); current = Path.GetDirectoryName(current))
        {
            if (IsFolderName(current!) && Directory.Exists(current))
            {
                return current;
            }
        }

        return null;
    }

    /// <summary>Whether a path is in the folder in which a run, perhaps of another process, prepares an output. What is there is no model yet.</summary>
    public static bool IsBeingWritten(string path)
    {
        for (string? current = path; !string.IsNullOrEmpty(current); current = Path.GetDirectoryName(current))
        {
            if (HasExtension(current!, StagingFolder.Suffix))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The default destination: the source's name with a suffix, next to it or in a folder.</summary>
    /// <param name="sourcePath">The source model.</param>
    /// <param name="fileSuffix">E.g. <c>_fp16</c>.</param>
    /// <param name="folder">The folder, or <see langword="null"/> for the source's own.</param>
    /// <param name="extension">Extension of the output, or <see langword="null"/> for the source's own.</param>
    public static string DefaultDestination(string sourcePath, string fileSuffix, string? folder, string? extension = null)
    {
        string source = TrimSeparators(sourcePath);
        string name = Path.GetFileNameWithoutExtension(source) + fileSuffix + (extension ?? Path.GetExtension(source));
        return Path.Combine(folder ?? Path.GetDirectoryName(source)!, name);
    }

    /// <summary>Whether a path has the name of a model or leads into a folder that has, whatever is there.</summary>
    public static bool IsNamedAsModel(string path)
    {
        bool isNamed = HasExtension(path, FileExtension);
        for (string? current = path; !isNamed && !string.IsNullOrEmpty(current); current = Path.GetDirectoryName(current))
        {
            isNamed = IsFolderName(current!);
        }

        return isNamed;
    }

    private static bool IsFolderName(string path) => HasExtension(path, PackageExtension) || HasExtension(path, CompiledExtension);

    private static bool HasExtension(string path, string extension) =>
        TrimSeparators(path).EndsWith(extension, StringComparison.OrdinalIgnoreCase);

    private static string TrimSeparators(string path) =>
        path.Length > 1 ? path.TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar) : path;
}
