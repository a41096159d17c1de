using System.Linq;
using CoreMLQuant.Errors;
using CoreMLQuant.Formatting;

namespace CoreMLQuant.Files;

/// <summary>Paths inside a package come from a file and are not to be trusted: they must stay inside.</summary>
internal static class PackagePath
{
    // A path of a hostile file can be megabytes long.
    private const int MaxShown = 100;

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
                $"'{Figures.Short(relativePath, MaxShown)}' is not a path inside the package.",
                "A package can refer only to its own files. This one is damaged or malicious.",
                location: location)
            : path;
    }
}
