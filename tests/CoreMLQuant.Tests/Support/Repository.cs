using System;
using System.IO;

namespace CoreMLQuant.Tests.Support;

/// <summary>Where things are.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    public static readonly string Manifest = Path.Combine(Root, "CoreMLQuant.psd1");

    public static string Fixture(string relativePath) => Path.Combine(Root, "tests", "fixtures", relativePath);

    public static string ShellAssembly
    {
        get
        {
            // The shell is built in the configuration that the tests are built in.
            string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
            return Path.Combine(Root, "src", "CoreMLQuant.Shell", "bin", configuration, "net10.0", "CoreMLQuant.Shell.dll");
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CoreMLQuant.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The tests run inside the repository.");
    }
}
