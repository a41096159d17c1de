using System;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;
using CoreMLQuant.Running;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Runtime.Natives;

/// <summary>
/// Where ONNX Runtime's native library comes from: the companion module's folder for this platform, by its full path. A bare name
/// would find the old copy that Windows keeps in System32.
/// </summary>
internal static class NativeLibraries
{
    private const string LibraryName = "onnxruntime";

    private static readonly object Gate = new();
    private static IntPtr _library;

    /// <summary>Makes ready for the first call into ONNX Runtime. Later calls change nothing: a library is loaded once in a process.</summary>
    /// <param name="folder">Folder with a subfolder for each platform.</param>
    /// <exception cref="RuntimeNotAvailableException">This platform has no ONNX Runtime, or the folder has none for it.</exception>
    public static void Prepare(string folder)
    {
        lock (Gate)
        {
            if (_library == IntPtr.Zero)
            {
                string file = FileIn(folder);
                Telemetry.Disable();
                _library = NativeLibrary.Load(file);
                OrtEnv.DisableDllImportResolver = true;
                NativeLibrary.SetDllImportResolver(typeof(OrtEnv).Assembly, Resolve);
            }
        }
    }

    /// <summary>The library for this platform.</summary>
    /// <exception cref="RuntimeNotAvailableException">There is none.</exception>
    internal static string FileIn(string folder)
    {
        (string runtime, string name) = Platform();
        string file = Path.Combine(folder, runtime, name);
        return File.Exists(file)
            ? file
            : throw new RuntimeNotAvailableException($"The module CoreMLQuant.Runtime at '{folder}' has no native library for {runtime}. Install it again: Install-Module CoreMLQuant.Runtime.");
    }

    private static (string Runtime, string Name) Platform()
    {
        string identifier = RuntimeInformation.RuntimeIdentifier;
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        bool isMusl = identifier.Contains("musl", StringComparison.Ordinal);
        return (OperatingSystem.IsWindows(), OperatingSystem.IsMacOS(), OperatingSystem.IsLinux() && !isMusl, RuntimeInformation.ProcessArchitecture) switch
        {
            (true, _, _, Architecture.X64 or Architecture.Arm64) => ($"win-{architecture}", $"{LibraryName}.dll"),
            (_, true, _, Architecture.Arm64) => ($"osx-{architecture}", $"lib{LibraryName}.dylib"),
            (_, _, true, Architecture.X64 or Architecture.Arm64) => ($"linux-{architecture}", $"lib{LibraryName}.so"),
            _ => throw new RuntimeNotAvailableException($"There is no ONNX Runtime for {identifier}. Models run on Windows and on Linux with glibc (x64, Arm64) and on macOS (Arm64); everything else works here too."),
        };
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        name.Contains(LibraryName, StringComparison.OrdinalIgnoreCase) && !name.Contains("extensions", StringComparison.OrdinalIgnoreCase) ? _library : IntPtr.Zero;
}
