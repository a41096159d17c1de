using System;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>The memory that values of running models come from, which has an end. The managed API can only say ends below 4 GB.</summary>
internal static unsafe class MemoryPool
{
    // Grown by what is asked for instead of by doubling, so that memory follows the model.
    private const nuint SameAsRequested = 1;

    /// <summary>Gives the environment a pool for all sessions.</summary>
    /// <exception cref="InvalidOperationException">ONNX Runtime refuses it.</exception>
    public static void Register(OrtEnv environment, long maximumBytes)
    {
        IntPtr* names = stackalloc IntPtr[] { Marshal.StringToCoTaskMemUTF8("max_mem"), Marshal.StringToCoTaskMemUTF8("arena_extend_strategy") };
        nuint* values = stackalloc nuint[] { (nuint)maximumBytes, SameAsRequested };
        using var memory = new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);
        IntPtr arena = IntPtr.Zero;
        try
        {
            var create = (delegate* unmanaged<IntPtr*, nuint*, nuint, IntPtr*, IntPtr>)OrtFunctions.Address("CreateArenaCfgV2");
            Require(create(names, values, 2, &arena));
            var register = (delegate* unmanaged<IntPtr, IntPtr, IntPtr, IntPtr>)OrtFunctions.Address("CreateAndRegisterAllocator");
            Require(register(environment.DangerousGetHandle(), memory.DangerousGetHandle(), arena));
        }
        finally
        {
            if (arena != IntPtr.Zero)
            {
                ((delegate* unmanaged<IntPtr, void>)OrtFunctions.Address("ReleaseArenaCfg"))(arena);
            }

            Marshal.FreeCoTaskMem(names[0]);
            Marshal.FreeCoTaskMem(names[1]);
        }
    }

    private static void Require(IntPtr status)
    {
        if (status != IntPtr.Zero)
        {
            throw new InvalidOperationException("ONNX Runtime does not take the limit of its memory.");
        }
    }
}
