using System;
using System.Linq;
using System.Reflection;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>Functions of ONNX Runtime's C API that the managed API does not show, from the table that the managed part itself calls through.</summary>
internal static class OrtFunctions
{
    private static readonly Lazy<object> Table = new(() => typeof(SessionOptions).Assembly
        .GetType("Microsoft.ML.OnnxRuntime.NativeMethods", throwOnError: true)!
        .GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
        .Single(field => field.FieldType.Name == "OrtApi")
        .GetValue(null)!);

    /// <summary>Address of a function by its name in the C API.</summary>
    /// <exception cref="MissingFieldException">The package in use has no such function.</exception>
    public static IntPtr Address(string name) => (IntPtr)(Table.Value.GetType().GetField(name) ?? throw new MissingFieldException("OrtApi", name)).GetValue(Table.Value)!;
}
