using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Models;

namespace CoreMLQuant.Abstractions;

/// <summary>What stands at the paths that a user names, looked at before a model is opened.</summary>
internal static class NamedModels
{
    /// <summary>The models that a path names, or that are in the folder at it; none for a path that cannot be resolved, which is told when its turn comes.</summary>
    /// <param name="paths">Resolves it.</param>
    /// <param name="text">The path as written.</param>
    /// <param name="isLiteral">Whether wildcards in it are ordinary characters.</param>
    /// <param name="recurse">Whether subfolders are searched as well.</param>
    public static IEnumerable<string> Models(this PathIntrinsics paths, string text, bool isLiteral, bool recurse)
    {
        try
        {
            IEnumerable<string> found = isLiteral ? [paths.Literal(text)] : paths.Expand(text);
            return found.Select(path => ModelPaths.ContainingPackage(path) ?? path).SelectMany(path =>
                ModelPaths.IsModelPath(path) ? [path] : Directory.Exists(path) ? ModelFolder.FindModels(path, recurse, (_, _) => { }) : []);
        }
        catch (PathException)
        {
            return [];
        }
    }

    /// <summary>Whether anything is there. A link that leads nowhere is: the engine says what is wrong with it.</summary>
    public static bool IsThere(string path)
    {
        try
        {
            return File.Exists(path) || Directory.Exists(path) || (File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
