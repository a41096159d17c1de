using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace CoreMLQuant.Models;

/// <summary>Looks for models in folders.</summary>
public static class ModelFolder
{
    /// <summary>
    /// Finds the models in a folder while it is walked: those of a folder before those of its subfolders, each in ordinal order. A
    /// package is one model, whatever it contains. Links to folders are not followed, because they can lead in a circle.
    /// </summary>
    /// <param name="folder">Full path of the folder.</param>
    /// <param name="recurse">Whether to look into subfolders.</param>
    /// <param name="onUnreadable">Told of each folder that cannot be read, and why; the walk goes on without it.</param>
    public static IEnumerable<string> FindModels(string folder, bool recurse, Action<string, Exception> onUnreadable)
    {
        var folders = new Stack<string>([folder]);
        while (folders.Count > 0)
        {
            (List<string> models, List<string> subfolders) = Read(folders.Pop(), onUnreadable);
            foreach (string model in models)
            {
                yield return model;
            }

            if (recurse)
            {
                Enumerable.Reverse(subfolders).ToList().ForEach(folders.Push);
            }
        }
    }

    private static (List<string> Models, List<string> Subfolders) Read(string folder, Action<string, Exception> onUnreadable)
    {
        var models = new List<string>();
        var subfolders = new List<string>();
        try
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
            {
                if (ModelPaths.IsModelPath(entry.FullName))
                {
                    models.Add(entry.FullName);
                }
                else if (entry is DirectoryInfo && !ModelPaths.IsBeingWritten(entry.Name) && (entry.Attributes & FileAttributes.ReparsePoint) == 0)
                {
                    subfolders.Add(entry.FullName);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            onUnreadable(folder, e);
        }

        return (models, subfolders);
    }
}
