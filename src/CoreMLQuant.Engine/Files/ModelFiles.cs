using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Files.Native;

namespace CoreMLQuant.Files;

/// <summary>The files of a model as the file system shows them, without opening one.</summary>
public static class ModelFiles
{
    /// <summary>Bytes on disk of an .mlmodel file or an .mlpackage folder; 0 when it cannot be looked at.</summary>
    /// <param name="model">Full path.</param>
    public static long Length(string model)
    {
        try
        {
            return FactsOf(model).Sum(file => file.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>What is known of every file. A link counts as new as the newer of it and what it leads to.</summary>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be read.</exception>
    internal static IEnumerable<FileFacts> FactsOf(string model)
    {
        foreach (string path in Directory.Exists(model) ? FilesIn(model) : [model])
        {
            if (FileFacts.Of(path, followLink: true) is { Kind: FileKind.Regular } facts)
            {
                yield return facts with { Modified = Math.Max(facts.Modified, FileFacts.Of(path, followLink: false)?.Modified ?? 0) };
            }
        }
    }

    // Links to folders are no part of a model.
    private static IEnumerable<string> FilesIn(string package)
    {
        var folders = new Stack<string>([package]);
        while (folders.Count > 0)
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(folders.Pop()).EnumerateFileSystemInfos())
            {
                if (entry is FileInfo)
                {
                    yield return entry.FullName;
                }
                else if ((entry.Attributes & FileAttributes.ReparsePoint) == 0)
                {
                    folders.Push(entry.FullName);
                }
            }
        }
    }
}
