using System;
using System.Collections.Generic;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Running;

/// <summary>The element types of .NET's arrays.</summary>
internal static class ArrayElements
{
    private static readonly Dictionary<Type, ElementType> Types = new()
    {
        [typeof(float)] = ElementType.Float32,
        [typeof(double)] = ElementType.Float64,
        [typeof(sbyte)] = ElementType.Int8,
        [typeof(short)] = ElementType.Int16,
        [typeof(int)] = ElementType.Int32,
        [typeof(long)] = ElementType.Int64,
        [typeof(byte)] = ElementType.UInt8,
        [typeof(ushort)] = ElementType.UInt16,
        [typeof(uint)] = ElementType.UInt32,
        [typeof(ulong)] = ElementType.UInt64,
        [typeof(bool)] = ElementType.Boolean,
        [typeof(string)] = ElementType.String,
#if NET
        [typeof(Half)] = ElementType.Float16,
#endif
    };

    /// <summary>The element type of an array; <see cref="ElementType.Unknown"/> for one of anything else than numbers, booleans and text.</summary>
    public static ElementType TypeOf(Array values) =>
        Types.TryGetValue(values.GetType().GetElementType()!, out ElementType type) ? type : ElementType.Unknown;
}
