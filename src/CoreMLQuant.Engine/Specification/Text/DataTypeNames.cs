using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Specification.Text;

/// <summary>MIL's names of element types, e.g. <c>fp16</c>, <c>int32</c>, <c>string</c>.</summary>
internal static class DataTypeNames
{
    private static readonly Dictionary<DataType, string> Names = Enum.GetValues(typeof(DataType)).Cast<DataType>()
        .Where(type => type != DataType.UnusedType)
        .ToDictionary(type => type, NameOf);

    private static readonly Dictionary<string, DataType> Types = Names.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    /// <summary>The name of a type; <c>unknown</c> for one that the schema does not have.</summary>
    public static string Write(DataType type) => Names.TryGetValue(type, out string? name) ? name : "unknown";

    /// <summary>The type of a name; <see langword="null"/> for one that is not known.</summary>
    public static DataType? Read(string name) => Types.TryGetValue(name, out DataType type) ? type : null;

    private static string NameOf(DataType type) => type switch
    {
        DataType.Float16 => "fp16",
        DataType.Float32 => "fp32",
        DataType.Float64 => "fp64",
        DataType.Bfloat16 => "bf16",
        DataType.Float8E4M3Fn => "fp8e4m3fn",
        DataType.Float8E5M2 => "fp8e5m2",
        _ => type.ToString().ToLowerInvariant(),
    };
}
