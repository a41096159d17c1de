using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Files.Native;

namespace CoreMLQuant.Files;

/// <summary>
/// Permissions of a model that is made of several others: who may read all of them may read it, as far as the umask allows, and what replaces a model is
/// never open to more users than that was. Windows inherits from the folder instead.
/// </summary>
internal static class SharedPermissions
{
    private const int ReadByAll = 0x124;    // r--r--r--

    /// <summary>Sets the permissions of a model that is written and not in its place yet.</summary>
    /// <param name="sources">The models that it is made of.</param>
    /// <param name="output">What was written.</param>
    /// <param name="contentPath">Where, in a folder of this run's own.</param>
    /// <param name="destination">Where it will stand, and where an old one may stand.</param>
    public static void Set(IEnumerable<ModelContainer> sources, OutputModel output, string contentPath, string destination)
    {
        if (!Posix.IsAvailable)
        {
            return;
        }

        int allowed = Permissions.AllowedByMask(Path.GetDirectoryName(contentPath)!);
        int shared = sources.SelectMany(source => source.Files.Select(file => Path.Combine(source.Path, file.Path)))
            .Select(path => FileFacts.Of(path, followLink: true)?.Permissions)
            .OfType<int>()
            .Aggregate(allowed, (all, one) => all & one);
        foreach (string relativePath in output.Files.Select(file => file.RelativePath).Concat(output.Folders).Append(string.Empty).Distinct())
        {
            string Under(string root) => relativePath.Length == 0 ? root : Path.Combine(root, relativePath);
            bool isFolder = Directory.Exists(Under(contentPath));
            int permissions = shared | (isFolder ? (shared & ReadByAll) >> 2 : 0);
            int replaced = FileFacts.Of(Under(destination), followLink: true)?.Permissions ?? allowed;
            Permissions.Set(Under(contentPath), permissions & allowed & replaced, isFolder);
        }
    }
}
