using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Errors;
using CoreMLQuant.Files.Native;

namespace CoreMLQuant.Files;

/// <summary>
/// Which links of a model stand for files. A link to a regular file inside the package does, and one into the <c>blobs</c> folder of
/// the Hugging Face cache that holds the package: there <c>models--a--b/snapshots/REVISION</c> is a folder of links to
/// <c>models--a--b/blobs/HASH</c>. Any other link only when the user asks for it; a link to a folder never, because two of them are
/// enough to make a walk endless.
/// </summary>
internal sealed class PackageLinks
{
    private const string Snapshots = "snapshots";
    private const string Blobs = "blobs";

    // What huggingface_hub calls the folder of a repository.
    private static readonly string[] RepositoryPrefixes = ["models--", "datasets--", "spaces--"];

    private readonly string _inside;
    private readonly string? _blobs;

    /// <summary>Knows the surroundings of a model.</summary>
    /// <param name="folder">Full path of the package; of a single file, the folder that it is in.</param>
    /// <param name="followAll">Whether links may lead anywhere.</param>
    public PackageLinks(string folder, bool followAll)
    {
        string real = LinkTarget.Resolve(folder) ?? folder;
        _inside = WithSeparator(real);
        _blobs = BlobsAround(real);
        FollowAll = followAll;
    }

    /// <summary>Whether links may lead anywhere.</summary>
    public bool FollowAll { get; }

    /// <summary>Checks that a path stands for a regular file or a folder, and tells what is known of it.</summary>
    /// <param name="path">Full path.</param>
    /// <returns>Facts of the file that it is or leads to; <see langword="null"/> when nothing stands there.</returns>
    /// <exception cref="CoreMLFormatException">It is a link that may not be followed, or neither file nor folder.</exception>
    public FileFacts? Look(string path)
    {
        FileFacts? facts = FileFacts.Of(path, followLink: false);
        if (facts is { Kind: FileKind.Link })
        {
            facts = Follow(path);
        }

        return facts is not { Kind: FileKind.Other } ? facts : throw new CoreMLFormatException(
            FormatRule.NotRegularFile,
            path,
            "is a pipe, a socket or a device.",
            "A model consists of regular files; this one is damaged or was made to do harm.");
    }

    private FileFacts Follow(string link)
    {
        string? target = LinkTarget.Resolve(link);
        if (target is null || FileFacts.Of(target, followLink: false) is not { } facts)
        {
            throw new CoreMLFormatException(
                FormatRule.BrokenLink, link, "is a link that leads nowhere or in a circle.", "The file it stands for is missing; download or copy the model again.");
        }

        if (facts.Kind == FileKind.Folder)
        {
            throw new CoreMLFormatException(
                FormatRule.NotRegularFile, link, $"is a link to a folder, '{target}'.", "Links to folders are never followed. Copy the package with its links followed (cp -RL) and convert the copy.");
        }

        return FollowAll || IsIn(_inside, target) || (_blobs is not null && IsIn(_blobs, target)) ? facts : throw new CoreMLFormatException(
            FormatRule.PathOutsidePackage,
            link,
            $"is a link out of the package, to '{target}'.",
            "If you trust the model, use -FollowLinks, or copy it with its links followed (cp -RL) and convert the copy.");
    }

    private static string? BlobsAround(string folder)
    {
        for (string? current = folder; current is not null; current = Path.GetDirectoryName(current))
        {
            string? repository = Path.GetDirectoryName(current);
            if (repository is not null
                && Path.GetFileName(current) == Snapshots
                && RepositoryPrefixes.Any(prefix => Path.GetFileName(repository).StartsWith(prefix, StringComparison.Ordinal)))
            {
                string blobs = Path.Combine(repository, Blobs);
                return FileFacts.Of(blobs, followLink: false) is { Kind: FileKind.Folder } ? WithSeparator(blobs) : null;
            }
        }

        return null;
    }

    private static bool IsIn(string folder, string path) => path.StartsWith(folder, StringComparison.Ordinal);

    private static string WithSeparator(string folder) =>
        folder.TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar) + Path.DirectorySeparatorChar;
}
