using System;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace CoreMLQuant.Loader;

/// <summary>
/// Where the module's assemblies live. Another module may have brought an older Google.Protobuf into the process;
/// in a context of their own the module's dependencies do not meet it.
/// </summary>
public sealed class ModuleLoadContext : AssemblyLoadContext
{
    // One for the process: every runspace imports the module anew, and a second copy of a type is another type.
    private static readonly Lazy<ModuleLoadContext> Instance = new(static () => new ModuleLoadContext());

    private readonly string _folder = Path.GetDirectoryName(typeof(ModuleLoadContext).Assembly.Location)!;
    private readonly string _compiledFolder;

    private ModuleLoadContext()
        : base("CoreMLQuant")
    {
        _compiledFolder = Path.Combine(_folder, RuntimeIdentifier);
    }

    // As the build names the folders. Where this names none of them, the IL is what there is.
    private static string RuntimeIdentifier
    {
        get
        {
            string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : OperatingSystem.IsLinux() ? "linux" : "other";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    /// <summary>Loads one of the module's assemblies, or gives the one that is loaded already.</summary>
    /// <param name="name">Simple name of the assembly, e.g. <c>CoreMLQuant</c>.</param>
    public static Assembly Load(string name) => Instance.Value.LoadFromAssemblyName(new AssemblyName(name));

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        // What does not stand in the module's folders (PowerShell, the framework) comes from the default context.
        FromFolder(_compiledFolder, assemblyName) ?? FromFolder(_folder, assemblyName);

    private Assembly? FromFolder(string folder, AssemblyName assemblyName)
    {
        string file = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(file) ? LoadFromAssemblyPath(file) : null;
    }
}
