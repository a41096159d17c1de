using System;
using CoreMLQuant.Runtime.Natives;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>ONNX Runtime's environment, one for the process: silent, and with one memory pool whose size is limited.</summary>
internal static class OrtEnvironment
{
    /// <summary>Share of the machine's memory that values of a running model may take.</summary>
    public const double MemoryShare = 0.75;

    private static readonly object Gate = new();
    private static bool _isStarted;

    /// <summary>Bytes that values of a running model may take.</summary>
    public static long MemoryLimit => (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * MemoryShare);

    /// <summary>Starts it, unless it runs already.</summary>
    /// <param name="nativeFolder">Folder of the native libraries.</param>
    public static void Start(string nativeFolder)
    {
        NativeLibraries.Prepare(nativeFolder);
        lock (Gate)
        {
            if (_isStarted)
            {
                return;
            }

            var options = new EnvironmentCreationOptions { logId = "CoreMLQuant", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            OrtEnv environment = OrtEnv.CreateInstanceWithOptions(ref options);
            MemoryPool.Register(environment, MemoryLimit);
            _isStarted = true;
        }
    }
}
