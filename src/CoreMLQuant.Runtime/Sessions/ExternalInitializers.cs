using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>
/// Gives weights to a session in place of the graph's external data, before the graph is optimized. The managed API has only AddInitializer, which
/// comes after the first optimizations: those would read the placeholder. The C API's function is in the table that the managed part
/// itself calls through.
/// </summary>
internal static unsafe class ExternalInitializers
{
    /// <summary>Replaces initializers. ONNX Runtime copies the values when it makes the session.</summary>
    /// <param name="options">Options of a session that is about to be made.</param>
    /// <param name="values">The values by initializer; they have to live as long as the session.</param>
    /// <exception cref="InvalidOperationException">ONNX Runtime refuses them.</exception>
    public static void Add(SessionOptions options, IReadOnlyList<(string Name, OrtValue Value)> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        IntPtr[] names = values.Select(item => Marshal.StringToCoTaskMemUTF8(item.Name)).ToArray();
        IntPtr[] handles = values.Select(item => HandleOf(item.Value)).ToArray();
        try
        {
            var add = (delegate* unmanaged<IntPtr, IntPtr*, IntPtr*, nuint, IntPtr>)OrtFunctions.Address("AddExternalInitializers");
            fixed (IntPtr* name = names, handle = handles)
            {
                if (add(options.DangerousGetHandle(), name, handle, (nuint)names.Length) != IntPtr.Zero)
                {
                    throw new InvalidOperationException("ONNX Runtime does not take the decoded weights.");
                }
            }
        }
        finally
        {
            Array.ForEach(names, Marshal.FreeCoTaskMem);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Handle")]
    private static extern IntPtr HandleOf(OrtValue value);
}
