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
    private const int ReadByAll = 0x124;    // r--r--r--

    /// <summary>Sets permissions and attributes of a model that is written and not in its place yet.</summary>
    /// <param name="source">The model that it is made from.</param>
    /// <param name="form">What of the source each file of it is made from.</param>
    /// <param name="output">What was written.</param>
    /// <param name="contentPath">Where, in a folder of this run's own.</param>
    /// <param name="destination">Where it will stand, and where an old one may stand.</param>
    public static void Copy(ModelContainer source, OutputForm form, OutputModel output, string contentPath, string destination)
    {
        if (!Posix.IsAvailable)
        {
            return;
        }

        int allowed = Permissions.AllowedByMask(Path.GetDirectoryName(contentPath)!);
        foreach (string relativePath in output.Files.Select(file => file.RelativePath).Concat(output.Folders).Append(string.Empty).Distinct())
        {
            string Under(string root) => relativePath.Length == 0 ? root : Path.Combine(root, relativePath);
            if (FileFacts.Of(SourceOf(source, form, relativePath), followLink: true) is not { Permissions: { } permissions } facts)
            {
                continue;
            }

            // Who may read a file may look into the folder that is made of it.
            bool isFolder = Directory.Exists(Under(contentPath));
            permissions |= isFolder && facts.Kind != FileKind.Folder ? (permissions & ReadByAll) >> 2 : 0;

            int replaced = FileFacts.Of(Under(destination), followLink: true)?.Permissions ?? allowed;
            Permissions.Set(Under(contentPath), permissions & allowed & replaced, isFolder);
            ExtendedAttributes.Copy(SourceOf(source, form, relativePath), Under(contentPath));
        }
    }

    // A folder that the source does not have is as open as the source itself.
    private static string SourceOf(ModelContainer source, OutputForm form, string relativePath)
    {
        string path = form.SourceOf(relativePath);
        string full = path.Length == 0 ? source.Path : Path.Combine(source.Path, path);
        return FileFacts.Of(full, followLink: true) is null ? source.Path : full;
    }
}
