using System.IO;
using System.Linq;
using CoreMLQuant.Errors;

namespace CoreMLQuant.Files;

/// <summary>Paths inside a package come from a file and are not to be trusted: they must stay inside.</summary>
internal static class PackagePath
{
    /// <summary>Checks that a path is relative and never climbs, and returns it with <c>/</c> between names.</summary>
    /// <param name="relativePath">The path as the file gives it.</param>
    /// <param name="file">The file that gives it, for the error.</param>
    /// <param name="location">Where in the file, for the error.</param>
    /// <exception cref="CoreMLFormatException">The path is empty, absolute, has a drive or climbs.</exception>
    public static string Check(string relativePath, string file, string location)
    {
        string path = relativePath.Replace('\\', '/');
        string[] names = path.Split('/');
        bool leaves = path.Length == 0
            || path[0] == '/'
            || path.IndexOf('\0') >= 0
            || (path.Length > 1 && path[1] == ':')
            || names.Any(name => name is ".." or "." or "");
        return leaves
            ? throw new CoreMLFormatException(
                FormatRule.PathOutsidePackage,
                file,
                $"'{relativePath}' is not a path inside the package.",
                "A package can refer only to its own files. This one is damaged or malicious.",
                location: location)
            : path;
    }

    /// <summary>Full path of an item, after checking that no link on the way to it leads out of the package.</summary>
    /// <exception cref="CoreMLFormatException">A link leaves the package.</exception>
    public static string Resolve(string packagePath, string relativePath)
    {
        string current = packagePath;
        foreach (string name in relativePath.Split('/'))
        {
            current = Path.Combine(current, name);
            CheckLink(packagePath, current);
        }

        return current;
    }

    /// <summary>Checks that a file or folder of a package is no link out of it.</summary>
    /// <exception cref="CoreMLFormatException">It is.</exception>
    public static void CheckLink(string packagePath, string path)
    {
        FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (!info.Exists || (info.Attributes & FileAttributes.ReparsePoint) == 0)
        {
            return;
        }

        // netstandard2.0 cannot tell where a link leads, so there every link counts as leaving.
        string? target = null;
#if NET
        target = info.ResolveLinkTarget(returnFinalTarget: true)?.FullName;
        string inside = Path.GetFullPath(packagePath) + Path.DirectorySeparatorChar;
        if (target is not null && Path.GetFullPath(target).StartsWith(inside, System.StringComparison.Ordinal))
        {
            return;
        }
#endif
        throw new CoreMLFormatException(
            FormatRule.PathOutsidePackage,
            path,
            target is null ? "is a link." : $"is a link to '{target}', outside the package.",
            "Copy the package with links resolved (cp -RL), and convert the copy.");
    }
}
