using System;
using System.Collections.Generic;
using System.IO;

namespace CoreMLQuant.Files;

/// <summary>A destination's folder, made when missing and taken away again when nothing came of the output.</summary>
public sealed class NewFolder
{
    private readonly List<string> _made = [];

    private NewFolder()
    {
    }

    /// <summary>The folders that were made, the deepest first.</summary>
    public IReadOnlyList<string> Made => _made;

    /// <summary>Makes the folder and those above it that are missing.</summary>
    public static NewFolder Ensure(string folder)
    {
        var missing = new NewFolder();
        for (string? path = folder; path is not null && !Directory.Exists(path); path = Path.GetDirectoryName(path))
        {
            missing._made.Add(path);
        }

        Directory.CreateDirectory(folder);
        return missing;
    }

    /// <summary>Makes the folder for something that is written into it, and takes it away again when that fails.</summary>
    public static T With<T>(string folder, Func<T> write)
    {
        NewFolder made = Ensure(folder);
        try
        {
            return write();
        }
        catch
        {
            made.Undo();
            throw;
        }
    }

    /// <summary>Removes the folders that were made, as far as they are empty.</summary>
    public void Undo()
    {
        try
        {
            _made.ForEach(Directory.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Someone else has put something there, and it stays; the failure that led here is the one to report.
        }
    }
}
