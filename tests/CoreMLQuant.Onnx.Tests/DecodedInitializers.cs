using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>
/// Gives decoded weights to a session in place of the graph's external data. The function that does it before graphs are optimized is one that
/// the managed API does not show; SessionOptions.AddInitializer comes too late, so that fusions read the placeholder instead.
/// </summary>
internal static unsafe class DecodedInitializers
{
    private static readonly Lazy<IntPtr> AddExternalInitializers = new(Find);

    /// <summary>Decodes weights and gives them to a session that is about to be made; what is owned lives as long as the session.</summary>
    public static void Add(IReadOnlyList<DecodedOnnxWeight> weights, SessionOptions options, List<IDisposable> owned)
    {
        if (weights.Count == 0)
        {
            return;
        }

        var names = new IntPtr[weights.Count];
        var values = new IntPtr[weights.Count];
        for (int i = 0; i < names.Length; i++)
        {
            byte[] bytes = new byte[weights[i].ByteCount];
            weights[i].Read(0, bytes);
            OrtValue value = weights[i].TensorType == OnnxTensorType.Float
                ? OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), weights[i].Shape.ToArray())
                : OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<byte, int>(bytes).ToArray(), weights[i].Shape.ToArray());
            owned.Add(value);
            names[i] = Marshal.StringToCoTaskMemUTF8(weights[i].TensorName);
            values[i] = (IntPtr)typeof(OrtValue).GetProperty("Handle", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(value)!;
        }

        var add = (delegate* unmanaged<IntPtr, IntPtr*, IntPtr*, nuint, IntPtr>)AddExternalInitializers.Value;
        fixed (IntPtr* name = names, value = values)
        {
            IntPtr status = add(options.DangerousGetHandle(), name, value, (nuint)names.Length);
            Array.ForEach(names, Marshal.FreeCoTaskMem);
            if (status != IntPtr.Zero)
            {
                throw new InvalidOperationException("The session does not take the decoded weights.");
            }
        }
    }

    private static IntPtr Find()
    {
        Type methods = typeof(SessionOptions).Assembly.GetType("Microsoft.ML.OnnxRuntime.NativeMethods", throwOnError: true)!;
        object api = methods.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public).Single(field => field.FieldType.Name == "OrtApi").GetValue(null)!;
        return (IntPtr)api.GetType().GetField("AddExternalInitializers")!.GetValue(api)!;
    }
}
