using System.Runtime.CompilerServices;

namespace CoreMLQuant.Tensors;

/// <summary>Bit patterns of FP32 values, on both legs (netstandard2.0 has no BitConverter for them).</summary>
internal static class SingleBits
{
    /// <summary>The value's bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ToBits(float value) => Unsafe.As<float, uint>(ref value);

    /// <summary>The value of the bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FromBits(uint bits) => Unsafe.As<uint, float>(ref bits);
}
