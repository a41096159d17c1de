using System;
using System.IO;

namespace CoreMLQuant.Shell;

/// <summary>Finds the module.</summary>
internal static class ModuleManifest
{
    private const string FileName = "CoreMLQuant.psd1";
    private const string Variable = "COREMLQUANT_MODULE";

    /// <summary>The manifest that the environment names, or else the nearest one above the shell itself.</summary>
    public static string Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            string path = Path.GetFullPath(Directory.Exists(named) ? Path.Combine(named, FileName) : named);
            return File.Exists(path) ? path : throw new FileNotFoundException($"{Variable} names '{named}': there is no module.");
        }

        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string path = Path.Combine(folder, FileName);
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException($"There is no {FileName} above '{AppContext.BaseDirectory}'. Set {Variable} to its path.");
    }
}
