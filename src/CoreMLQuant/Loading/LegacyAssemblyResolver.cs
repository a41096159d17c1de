#if !NET
using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Reflection;

namespace CoreMLQuant.Loading;

/// <summary>
/// Windows PowerShell has no binding redirects for what Google.Protobuf was compiled against: a dependency that the runtime
/// cannot bind is taken from the module's folder whatever its version. Hooked once for the process and never unhooked, since
/// other runspaces may use the module still; it answers for the names below and for nothing else.
/// </summary>
public sealed class LegacyAssemblyResolver : IModuleAssemblyInitializer
{
    private static readonly HashSet<string> Dependencies = new(StringComparer.OrdinalIgnoreCase)
    {
        "CoreMLQuant.Engine",
        "CoreMLQuant.Onnx",
        "Google.Protobuf",
        "Microsoft.Bcl.Numerics",
        "OxyPlot",
        "System.Buffers",
        "System.Memory",
        "System.Numerics.Tensors",
        "System.Numerics.Vectors",
        "System.Runtime.CompilerServices.Unsafe",
        "YamlDotNet",
    };

    private static readonly string Folder = Path.GetDirectoryName(typeof(LegacyAssemblyResolver).Assembly.Location)!;

    private static readonly Lazy<bool> Hooked = new(() =>
    {
        AppDomain.CurrentDomain.AssemblyResolve += Resolve;
        return true;
    });

    /// <inheritdoc/>
    public void OnImport() => _ = Hooked.Value;

    private static Assembly? Resolve(object? sender, ResolveEventArgs request)
    {
        string name = new AssemblyName(request.Name).Name ?? string.Empty;
        string file = Path.Combine(Folder, name + ".dll");
        return Dependencies.Contains(name) && File.Exists(file) ? Assembly.LoadFrom(file) : null;
    }
}
#endif
