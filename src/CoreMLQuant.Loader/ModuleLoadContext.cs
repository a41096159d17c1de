using System;
using System.IO;
using System.Reflection;
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

    private ModuleLoadContext()
        : base("CoreMLQuant")
    {
    }

    /// <summary>Loads one of the module's assemblies, or gives the one that is loaded already.</summary>
    /// <param name="name">Simple name of the assembly, e.g. <c>CoreMLQuant</c>.</param>
    public static Assembly Load(string name) => Instance.Value.LoadFromAssemblyName(new AssemblyName(name));

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string file = Path.Combine(_folder, assemblyName.Name + ".dll");

        // What does not stand in the module's folder (PowerShell, the framework) comes from the default context.
        return File.Exists(file) ? LoadFromAssemblyPath(file) : null;
    }
}
