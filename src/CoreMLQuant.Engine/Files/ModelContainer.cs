using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Files.Native;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Files;

/// <summary>Where a model's files are: one .mlmodel file, a package folder, or the folder of a compiled model.</summary>
internal sealed class ModelContainer
{
    /// <summary>A weight reference begins with this; it stands for the folder of the specification.</summary>
    public const string ModelPathVariable = "@model_path/";

    private const string CompiledExtension = ".mlmodelc";

    // The item of weights, as coremltools names it.
    private const string WeightFolder = "weights";

    private readonly PackageLinks _links;
    private IReadOnlyList<PackageEntry>? _entries;

    private ModelContainer(string path, PackageLinks links, ContainerKind kind, string specification, string? missingWeights = null)
    {
        MissingWeightFolder = missingWeights;
        _links = links;
        Path = path;
        Kind = kind;
        Specification = specification;
    }

    /// <summary>Full path of the file or folder.</summary>
    public string Path { get; }

    /// <summary>How the model is kept.</summary>
    public ContainerKind Kind { get; }

    /// <summary>Whether links may lead out of it.</summary>
    public bool FollowsLinks => _links.FollowAll;

    /// <summary>Whether it is a folder.</summary>
    public bool IsFolder => Kind != ContainerKind.SingleFile;

    /// <summary>
    /// Path of the specification relative to the folder, with <c>/</c>; empty for a single file. For a compiled model, of the file that says most
    /// of what a specification says: the program, or else the description.
    /// </summary>
    public string Specification { get; }

    /// <summary>
    /// The folder of weights that the manifest names and the package does not have, relative to the package; <see langword="null"/> when
    /// there is none. Version control and some archives drop empty folders, and a model without large weights has an empty one.
    /// </summary>
    public string? MissingWeightFolder { get; }

    /// <summary>Full path of the specification.</summary>
    public string SpecificationPath => IsFolder ? System.IO.Path.Combine(Path, Specification) : Path;

    /// <summary>Finds a model's files.</summary>
    /// <param name="path">Path of an .mlmodel file, an .mlpackage folder or an .mlmodelc folder.</param>
    /// <param name="followLinks">Whether links may lead out of the model.</param>
    /// <exception cref="CoreMLFormatException">There is no model at the path, or it has links that are not followed.</exception>
    public static ModelContainer Locate(string path, bool followLinks = false)
    {
        string full = System.IO.Path.GetFullPath(path).TrimEnd(System.IO.Path.DirectorySeparatorChar, System.IO.Path.AltDirectorySeparatorChar);
        if (Directory.Exists(full))
        {
            return LocateFolder(full, new PackageLinks(full, followLinks));
        }

        var links = new PackageLinks(System.IO.Path.GetDirectoryName(full) ?? full, followLinks);
        return links.Look(full) is not null
            ? new ModelContainer(full, links, ContainerKind.SingleFile, string.Empty)
            : throw new CoreMLFormatException(FormatRule.ModelNotFound, full, "there is no file or folder at this path.", "Check the path.");
    }

    private static ModelContainer LocateFolder(string full, PackageLinks links)
    {
        CheckEncrypted(full);
        return full.EndsWith(CompiledExtension, StringComparison.OrdinalIgnoreCase) || File.Exists(System.IO.Path.Combine(full, CompiledFiles.Data))
            ? LocateCompiled(full, links)
            : LocatePackage(full, links);
    }

    private static ModelContainer LocateCompiled(string full, PackageLinks links) => Resolve(full, links, CompiledFiles.Data) is { Kind: FileKind.Regular }
        ? new ModelContainer(full, links, ContainerKind.Compiled, Resolve(full, links, CompiledFiles.Program) is { Kind: FileKind.Regular } ? CompiledFiles.Program : CompiledFiles.Data)
        : throw new CoreMLFormatException(
            FormatRule.CompiledModel,
            full,
            $"this is a compiled model without its {CompiledFiles.Data}, which describes it.",
            "The folder is incomplete. Copy the whole model, or look for the .mlpackage or .mlmodel that it was compiled from.");

    private static ModelContainer LocatePackage(string full, PackageLinks links)
    {
        Resolve(full, links, PackageManifest.FileName);
        PackageManifest manifest = PackageManifest.Read(full);
        string[] missing = manifest.ItemPaths.Where(item => Resolve(full, links, item) is null).ToArray();
        if (missing.FirstOrDefault(item => !item.EndsWith("/" + WeightFolder, StringComparison.Ordinal)) is { } lost)
        {
            throw MissingItem(full, lost);
        }

        return Resolve(full, links, manifest.RootItemPath) is { Kind: FileKind.Regular }
            ? new ModelContainer(full, links, ContainerKind.Package, manifest.RootItemPath, missing.FirstOrDefault())
            : throw new CoreMLFormatException(
                FormatRule.InvalidManifest,
                System.IO.Path.Combine(full, PackageManifest.FileName),
                $"the root item '{manifest.RootItemPath}' is a folder, not a specification.");
    }

    /// <summary>The error for an item of the manifest that the package does not have.</summary>
    /// <param name="package">Full path of the package.</param>
    /// <param name="item">The item's path relative to the package.</param>
    public static CoreMLFormatException MissingItem(string package, string item) => new(
        FormatRule.MissingPackageItem,
        System.IO.Path.Combine(package, PackageManifest.FileName),
        $"the item '{Figures.Short(item, 100)}' does not exist.",
        "The package is incomplete. Copy the whole package.");

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
        if (!IsFolder || Resolve(Path, _links, relative) is not { Kind: FileKind.Regular })
        {
            throw new CoreMLFormatException(
                FormatRule.MissingWeightFile,
                SpecificationPath,
                IsFolder ? $"the specification refers to '{relative}', which does not exist." : "an ML Program in a single file cannot refer to a weight file.",
                "The model is incomplete. Copy the whole folder.",
                location: location);
        }

        return relative;
    }

    /// <summary>Whether a regular file is part of the model.</summary>
    /// <param name="relativePath">Its path relative to the folder, with <c>/</c>.</param>
    /// <exception cref="CoreMLFormatException">It is a link that is not followed, or neither file nor folder.</exception>
    public bool HasFile(string relativePath) => Resolve(Path, _links, relativePath) is { Kind: FileKind.Regular };

    /// <summary>Full path of a file of the package.</summary>
    public string FullPath(string relativePath) => System.IO.Path.Combine(Path, relativePath);

    /// <summary>All files and folders, each folder before what is in it, in ordinal order; one empty path for a single file. Walked once.</summary>
    /// <exception cref="CoreMLFormatException">There are links that are not followed, or something that is neither file nor folder.</exception>
    public IReadOnlyList<PackageEntry> Entries => ReadEntries();

    /// <summary>The files among <see cref="Entries"/>.</summary>
    public IReadOnlyList<PackageEntry> Files => Entries.Where(entry => !entry.IsFolder).ToArray();

    /// <summary>Relative paths of the folders.</summary>
    public IReadOnlyList<string> Folders => Entries.Where(entry => entry.IsFolder).Select(entry => entry.Path)
        .Concat(MissingWeightFolder is { } missing ? [missing] : [])
        .ToArray();

    /// <summary>Bytes on disk.</summary>
    public long Length => Entries.Sum(entry => entry.Length);

    /// <summary><see cref="Entries"/>, for callers that can be stopped: the walk of a large folder, or of one on a network, takes time.</summary>
    /// <param name="cancellationToken">Stops the walk.</param>
    public IReadOnlyList<PackageEntry> ReadEntries(CancellationToken cancellationToken = default) => _entries ??= Walk(cancellationToken);

    /// <summary>Notes what <see cref="CheckUnchanged"/> compares with, if it has not been noted yet.</summary>
    /// <param name="cancellationToken">Stops the walk.</param>
    /// <exception cref="CoreMLFormatException">There are links that are not followed, or something that is neither file nor folder.</exception>
    public void NoteState(CancellationToken cancellationToken) => ReadEntries(cancellationToken);

    /// <summary>Checks that no file has been written, added or removed since the state was noted.</summary>
    /// <param name="cancellationToken">Stops the walk.</param>
    /// <exception cref="IOException">One has.</exception>
    public void CheckUnchanged(CancellationToken cancellationToken)
    {
        if (_entries is not null && !_entries.SequenceEqual(Walk(cancellationToken)))
        {
            throw new IOException($"'{Path}' was changed during the conversion. No output was written. Convert the model again when no other process writes to it.");
        }
    }

    private IReadOnlyList<PackageEntry> Walk(CancellationToken cancellationToken)
    {
        if (!IsFolder)
        {
            FileFacts facts = _links.Look(Path) ?? throw new FileNotFoundException($"'{Path}' has gone.", Path);
            return [new PackageEntry(string.Empty, IsFolder: false, facts.Length, facts.Modified)];
        }

        var entries = new List<PackageEntry>();
        var left = new Stack<string>(Names(string.Empty, cancellationToken));
        while (left.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string relative = left.Pop();

            // What has gone since its folder was read is no longer part of the package.
            if (_links.Look(FullPath(relative)) is not { } facts)
            {
                continue;
            }

            bool isFolder = facts.Kind == FileKind.Folder;
            entries.Add(new PackageEntry(relative, isFolder, isFolder ? 0 : facts.Length, isFolder ? 0 : facts.Modified));
            foreach (string inner in isFolder ? Names(relative, cancellationToken) : [])
            {
                left.Push(inner);
            }
        }

        return entries;
    }

    // Last first, as a stack takes them.
    private IEnumerable<string> Names(string folder, CancellationToken cancellationToken) => Directory.EnumerateFileSystemEntries(FullPath(folder))
        .Select(entry =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return System.IO.Path.GetFileName(entry);
        })
        .OrderByDescending(name => name, StringComparer.Ordinal)
        .Select(name => folder.Length == 0 ? name : folder + "/" + name);

    // Every folder on the way is looked at: none may be a link.
    private static FileFacts? Resolve(string package, PackageLinks links, string relativePath)
    {
        string current = package;
        FileFacts? facts = null;
        foreach (string name in relativePath.Split('/'))
        {
            current = System.IO.Path.Combine(current, name);
            facts = links.Look(current);
            if (facts is null)
            {
                break;
            }
        }

        return facts;
    }

    private static void CheckEncrypted(string path)
    {
        string information = System.IO.Path.Combine(path, "encryptionInfo");
        if (File.Exists(information) || Directory.Exists(information))
        {
            throw new CoreMLFormatException(
                FormatRule.EncryptedModel,
                path,
                "the model is encrypted; its weights cannot be read without its key.",
                "Convert the original model, and then encrypt the result.");
        }
    }
}
