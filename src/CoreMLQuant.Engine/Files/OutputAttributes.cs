using System.IO;
using System.Linq;
using CoreMLQuant.Files.Native;

namespace CoreMLQuant.Files;

/// <summary>
/// Gives a new model what its source's files have besides their bytes, as <c>cp</c> does: permissions as far as the umask allows them, and
/// extended attributes. What replaces a model is never open to more users than that was. Windows inherits from the folder instead.
/// </summary>
internal static class OutputAttributes
{
    /// <summary>Sets permissions and attributes of a model that is written and not in its place yet.</summary>
    /// <param name="source">The model that it is made from.</param>
    /// <param name="output">What was written.</param>
    /// <param name="contentPath">Where, in a folder of this run's own.</param>
    /// <param name="destination">Where it will stand, and where an old one may stand.</param>
    public static void Copy(ModelContainer source, OutputModel output, string contentPath, string destination)
    {
        if (!Posix.IsAvailable)
        {
            return;
        }

        int allowed = Permissions.AllowedByMask(Path.GetDirectoryName(contentPath)!);
        foreach (string relativePath in output.Files.Select(file => file.RelativePath).Concat(output.Folders).Append(string.Empty).Distinct())
        {
            string Under(string root) => relativePath.Length == 0 ? root : Path.Combine(root, relativePath);
            if (FileFacts.Of(Under(source.Path), followLink: true) is not { Permissions: { } permissions } facts)
            {
                continue;
            }

            int replaced = FileFacts.Of(Under(destination), followLink: true)?.Permissions ?? allowed;
            Permissions.Set(Under(contentPath), permissions & allowed & replaced, facts.Kind == FileKind.Folder);
            ExtendedAttributes.Copy(Under(source.Path), Under(contentPath));
        }
    }
}
