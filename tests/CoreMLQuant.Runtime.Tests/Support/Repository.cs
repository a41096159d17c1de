using System;
using System.IO;

namespace CoreMLQuant.Runtime.Tests.Support;

/// <summary>Where things are.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Fixture(string path) => Path.Combine(Root, "tests", "fixtures", path);

    public static OrtModelRuntime Runtime { get; } = new(Path.Combine(Root, "module", "CoreMLQuant.Runtime", "bin"));

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "CoreMLQuant.psd1")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests run inside the repository.");
    }
}
