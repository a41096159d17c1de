using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Errors;
using Microsoft.PowerShell.Commands;

namespace CoreMLQuant.Abstractions;

/// <summary>
/// From what a user writes (relative to the current location, on a PSDrive, with <c>~</c> or wildcards) to full paths of the file
/// system. Only PowerShell knows how: the process has a working directory of its own.
/// </summary>
internal static class PathResolver
{
    /// <summary>The paths that a wildcard matches, or the one path that is named.</summary>
    /// <exception cref="PathException">It cannot be resolved, or nothing is there.</exception>
    public static IReadOnlyCollection<string> Expand(this PathIntrinsics paths, string text) => Resolve(text, () =>
    {
        ICollection<string> found;
        ProviderInfo provider;
        try
        {
            found = paths.GetResolvedProviderPathFromPSPath(text, out provider);
        }
        catch (ItemNotFoundException)
        {
            // In full, so that the reader sees where it was looked for.
            throw new PathException(ErrorRecords.NotFound(paths.Literal(text)));
        }

        RequireFileSystem(provider, text);
        var full = new List<string>(found.Count);
        foreach (string path in found)
        {
            full.Add(Normalize(path));
        }

        return full;
    });

    /// <summary>The paths that an input of a cmdlet stands for, with who named them.</summary>
    /// <param name="paths">PowerShell's paths.</param>
    /// <param name="text">The input.</param>
    /// <param name="isLiteral">Whether wildcards are ordinary characters.</param>
    /// <param name="isPiped">Whether it comes through the pipeline.</param>
    /// <exception cref="PathException">It cannot be resolved, or nothing is there.</exception>
    public static IReadOnlyList<InputPath> Inputs(this PathIntrinsics paths, string text, bool isLiteral, bool isPiped)
    {
        if (isLiteral)
        {
            return [new InputPath(paths.Literal(text), IsNamed: !isPiped)];
        }

        bool isWildcard = WildcardPattern.ContainsWildcardCharacters(text);
        return paths.Expand(text).Select(path => new InputPath(path, IsNamed: !isWildcard)).ToArray();
    }

    /// <summary>What stands there as it is written, brackets and all, or else what it matches as a wildcard.</summary>
    /// <exception cref="PathException">It cannot be resolved, or nothing is there.</exception>
    public static IReadOnlyCollection<string> Find(this PathIntrinsics paths, string text)
    {
        string literal = paths.Literal(text);
        return !WildcardPattern.ContainsWildcardCharacters(text) || File.Exists(literal) || Directory.Exists(literal) ? [literal] : paths.Expand(text);
    }

    /// <summary>The path as it stands, whatever characters are in it; nothing need be there.</summary>
    /// <exception cref="PathException">It cannot be resolved.</exception>
    public static string Literal(this PathIntrinsics paths, string text) => Resolve(text, () =>
    {
        string path = paths.GetUnresolvedProviderPathFromPSPath(text, out ProviderInfo provider, out _);
        RequireFileSystem(provider, text);
        return Normalize(path);
    });

    private static T Resolve<T>(string text, Func<T> resolve)
    {
        try
        {
            return resolve();
        }
        catch (Exception e) when (e is SessionStateException or ProviderInvocationException or PSNotSupportedException
            or PSArgumentException or ArgumentException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            ErrorCategory category = e is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException
                ? ErrorCategory.ObjectNotFound
                : ErrorCategory.InvalidArgument;
            throw new PathException(ErrorRecords.Create(ErrorIds.InvalidPath, category, text, e.Message, e));
        }
    }

    private static void RequireFileSystem(ProviderInfo provider, string text)
    {
        if (provider.ImplementingType != typeof(FileSystemProvider))
        {
            throw new PathException(ErrorRecords.Create(
                ErrorIds.NotFileSystemPath,
                ErrorCategory.InvalidArgument,
                text,
                $"'{text}' is a path of the {provider.Name} provider. Specify a file system path."));
        }
    }

    // The path is rooted by now, so that this only tidies '..' and separators.
    private static string Normalize(string path)
    {
        string full = Path.GetFullPath(path);
        return full.Length > Path.GetPathRoot(full)!.Length
            ? full.TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar)
            : full;
    }
}
