using CoreMLQuant.Running;
#if NET
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using CoreMLQuant.Runtime;
#endif

namespace CoreMLQuant.Loading;

/// <summary>Loads what runs models, when the first model is to be run and not before: most commands never need it.</summary>
internal static class RuntimeLoader
{
#if NET
    private const string ManagedPart = "Microsoft.ML.OnnxRuntime.dll";

    /// <summary>The runtime.</summary>
    /// <exception cref="RuntimeNotAvailableException">The companion module is not installed.</exception>
    public static IModelRuntime Load()
    {
        string folder = CompanionModule.Find() ?? throw new RuntimeNotAvailableException(
            $"Running models needs the module {CompanionModule.Name} {CompanionModule.Version}: Install-Module {CompanionModule.Name} -RequiredVersion {CompanionModule.Version}.");

        // Into the context of this assembly: who asks for it by name later, gets this one.
        AssemblyLoadContext.GetLoadContext(typeof(RuntimeLoader).Assembly)!.LoadFromAssemblyPath(Path.Combine(folder, ManagedPart));
        return Create(folder);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OrtModelRuntime Create(string folder) => new(folder);
#else
    /// <summary>The runtime, which this edition does not have.</summary>
    /// <exception cref="RuntimeNotAvailableException">Always.</exception>
    public static IModelRuntime Load() => throw new RuntimeNotAvailableException(
        "Running models needs PowerShell 7.6 or later (https://aka.ms/powershell); everything else works here too.");
#endif
}
