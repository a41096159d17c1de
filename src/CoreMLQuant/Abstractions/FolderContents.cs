using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Models;

namespace CoreMLQuant.Abstractions;

/// <summary>The models in a folder and the folders to look in next, each in ordinal order.</summary>
internal sealed class FolderContents
{
    private FolderContents(List<string> models, List<string> folders)
    {
        Models = models;
        Folders = folders;
    }

    /// <summary>Models that stand in the folder itself.</summary>
    public List<string> Models { get; }

    /// <summary>Subfolders that are no packages. Links are left out: they may lead in a circle.</summary>
    public List<string> Folders { get; }

    /// <summary>Looks into a folder.</summary>
    public static FolderContents Read(string folder)
    {
        IEnumerable<string> subfolders = Directory.EnumerateDirectories(folder)
            .Where(subfolder => !ModelPaths.IsModelPath(subfolder) && (File.GetAttributes(subfolder) & FileAttributes.ReparsePoint) == 0)
            .OrderBy(subfolder => subfolder, StringComparer.Ordinal);
        return new FolderContents(ModelPaths.FindModels(folder, recurse: false).ToList(), subfolders.ToList());
    }
}
