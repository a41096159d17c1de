using System;
using System.Runtime.InteropServices;

namespace CoreMLQuant.Runtime.Natives;

/// <summary>
/// ONNX Runtime's official builds report their use unless the environment says no, as the native library sees it: on Unix .NET keeps an
/// environment of its own, and only <c>setenv</c> reaches <c>getenv</c>. It has to be said before the library starts.
/// </summary>
internal static partial class Telemetry
{
    private const string Variable = "ORT_DISABLE_TELEMETRY";
    private const string Yes = "1";

    /// <summary>Says no.</summary>
    public static void Disable()
    {
        Environment.SetEnvironmentVariable(Variable, Yes);
        if (!OperatingSystem.IsWindows() && SetNative(Variable, Yes, 1) != 0)
        {
            throw new InvalidOperationException($"{Variable} could not be set, and without it ONNX Runtime would report its use.");
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNative(string name, string value, int overwrite);
}
