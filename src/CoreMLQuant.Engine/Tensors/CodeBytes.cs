#if NET
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreMLQuant.Tensors;

/// <summary>Integers of eight lanes as eight bytes.</summary>
internal static class CodeBytes
{
    /// <summary>The bytes, the first lane's lowest.</summary>
    /// <param name="codes">Integers of a byte, with a sign or without.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(Vector256<int> codes)
    {
        // Nothing is saturated: saturating is the one instruction there is.
        Vector128<short> words = Vector128.NarrowWithSaturation(codes.GetLower(), codes.GetUpper());
        return Vector128.Narrow(words, words).AsUInt64().ToScalar();
    }
}
#endif
