using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Errors;

namespace CoreMLQuant.Files;

/// <summary>Where a model's files are: one .mlmodel file, or a package folder.</summary>
internal sealed class ModelContainer
{
    // A weight reference begins with this; it stands for the folder of the specification.
    private const string ModelPathVariable = "@model_path/";

    private ModelContainer(string path, bool isPackage, string specification)
    {
        Path = path;
        IsPackage = isPackage;
        Specification = specification;
    }

    /// <summary>Full path of the file or folder.</summary>
    public string Path { get; }

    /// <summary>Whether it is a folder.</summary>
    public bool IsPackage { get; }

    /// <summary>Path of the specification relative to the package, with <c>/</c>; empty for a single file.</summary>
    public string Specification { get; }

    /// <summary>Full path of the specification.</summary>
    public string SpecificationPath => IsPackage ? System.IO.Path.Combine(Path, Specification) : Path;

    /// <summary>Finds a model's files.</summary>
    /// <exception cref="CoreMLFormatException">There is no model at the path.</exception>
    public static ModelContainer Locate(string path)
    {
        string full = System.IO.Path.GetFullPath(path).TrimEnd(System.IO.Path.DirectorySeparatorChar, System.IO.Path.AltDirectorySeparatorChar);
        if (File.Exists(full))
        {
            return new ModelContainer(full, isPackage: false, string.Empty);
        }

        if (!Directory.Exists(full))
        {
            throw new CoreMLFormatException(FormatRule.ModelNotFound, full, "there is no file or folder at this path.", "Check the path.");
        }

        CheckCompiled(full);
        PackageManifest manifest = PackageManifest.Read(full);
        foreach (string item in manifest.ItemPaths)
        {
            string itemPath = PackagePath.Resolve(full, item);
            if (!File.Exists(itemPath) && !Directory.Exists(itemPath))
            {
                throw new CoreMLFormatException(
                    FormatRule.MissingPackageItem,
                    System.IO.Path.Combine(full, PackageManifest.FileName),
                    $"the item '{item}' does not exist.",
                    "The package is incomplete. Copy the whole package.");
            }
        }

        return File.Exists(System.IO.Path.Combine(full, manifest.RootItemPath))
            ? new ModelContainer(full, isPackage: true, manifest.RootItemPath)
            : throw new CoreMLFormatException(
                FormatRule.InvalidManifest,
                System.IO.Path.Combine(full, PackageManifest.FileName),
                $"the root item '{manifest.RootItemPath}' is a folder, not a specification.");
    }

    /// <summary>
    /// Path of a weight file relative to the package, from the reference in the specification
    /// (<c>@model_path/weights/weight.bin</c>).
    /// </summary>
    /// <exception cref="CoreMLFormatException">The reference leaves the package, or there is no package or file.</exception>
    public string ResolveWeightFile(string reference)
    {
        string location = $"weight file '{reference}'";
        string relative = PackagePath.Check(
            reference.StartsWith(ModelPathVariable, StringComparison.Ordinal) ? reference.Substring(ModelPathVariable.Length) : reference,
            SpecificationPath,
            location);
        int slash = Specification.LastIndexOf('/');
        relative = slash < 0 ? relative : Specification.Substring(0, slash + 1) + relative;
        if (!IsPackage || !File.Exists(PackagePath.Resolve(Path, relative)))
        {
            throw new CoreMLFormatException(
                FormatRule.MissingWeightFile,
                SpecificationPath,
                IsPackage ? $"the specification refers to '{relative}', which does not exist." : "an ML Program in a single file cannot refer to a weight file.",
                "The package is incomplete. Copy the whole package.",
                location: location);
        }

        return relative;
    }

    /// <summary>Full path of a file of the package.</summary>
    public string FullPath(string relativePath) => System.IO.Path.Combine(Path, relativePath);

    /// <summary>Relative paths of all files, ordinal order; one empty path for a single file.</summary>
    public IReadOnlyList<string> Files() => IsPackage ? Walk(string.Empty).Where(entry => !entry.IsFolder).Select(entry => entry.Path).ToArray() : [string.Empty];

    /// <summary>Relative paths of all folders, ordinal order.</summary>
    public IReadOnlyList<string> Folders() => IsPackage ? Walk(string.Empty).Where(entry => entry.IsFolder).Select(entry => entry.Path).ToArray() : [];

    /// <summary>Bytes on disk.</summary>
    public long Length() => Files().Sum(file => new FileInfo(file.Length == 0 ? Path : FullPath(file)).Length);

    private IEnumerable<(string Path, bool IsFolder)> Walk(string folder)
    {
        foreach (string entry in Directory.EnumerateFileSystemEntries(FullPath(folder)).OrderBy(entry => entry, StringComparer.Ordinal))
        {
            PackagePath.CheckLink(Path, entry);
            string name = System.IO.Path.GetFileName(entry);
            string relative = folder.Length == 0 ? name : folder + "/" + name;
            bool isFolder = Directory.Exists(entry);
            yield return (relative, isFolder);
            foreach ((string, bool) inner in isFolder ? Walk(relative) : [])
            {
                yield return inner;
            }
        }
    }

    private static void CheckCompiled(string path)
    {
        bool encrypted = File.Exists(System.IO.Path.Combine(path, "encryptionInfo")) || Directory.Exists(System.IO.Path.Combine(path, "encryptionInfo"));
        bool compiled = path.EndsWith(".mlmodelc", StringComparison.OrdinalIgnoreCase) || File.Exists(System.IO.Path.Combine(path, "coremldata.bin"));
        if (encrypted)
        {
            throw new CoreMLFormatException(
                FormatRule.EncryptedModel,
                path,
                "the model is encrypted; its weights cannot be read without its key.",
                "Convert the original model, and then encrypt the result.");
        }

        if (compiled)
        {
            throw new CoreMLFormatException(
                FormatRule.CompiledModel,
                path,
                "this is a compiled model, which contains no specification.",
                "Convert the original .mlmodel or .mlpackage instead.");
        }
    }
}
