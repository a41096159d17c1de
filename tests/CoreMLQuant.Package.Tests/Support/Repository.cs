using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace CoreMLQuant.Package.Tests.Support;

/// <summary>Where things are.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    /// <summary>The configuration that the tests are built in: what they test is built in the same.</summary>
    public static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public static readonly string ShellProject = Path.Combine(Root, "src", "CoreMLQuant.Shell", "CoreMLQuant.Shell.csproj");

    public static readonly string ShellAssembly =
        Path.Combine(Root, "src", "CoreMLQuant.Shell", "bin", Configuration, "net10.0", "CoreMLQuant.Shell.dll");

    public static readonly string PesterFolder = Path.Combine(AppContext.BaseDirectory, "Pester");

    public static readonly string PesterScript = Path.Combine(Root, "tests", "pester", "run.ps1");

    /// <summary>PowerShell itself; <c>dotnet</c> runs it.</summary>
    public static readonly string PowerShell = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == nameof(PowerShell)).Value!;

    public static string Fixture(string relativePath) => Path.Combine(Root, "tests", "fixtures", relativePath);

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
