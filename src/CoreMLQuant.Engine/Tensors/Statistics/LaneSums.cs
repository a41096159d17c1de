#if NET
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace CoreMLQuant.Tensors.Statistics;

/// <summary>
/// Adds up the lanes of four vectors at once, which takes a third of the instructions of four times one. Lanes are added in the same order on every processor.
/// </summary>
internal static class LaneSums
{
    /// <summary>The sum of the lanes of each vector.</summary>
    public static Vector128<float> Of(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d) =>
        Pairs(Pairs(Halves(a), Halves(b)), Pairs(Halves(c), Halves(d)));

    private static Vector128<float> Halves(Vector256<float> lanes) => lanes.GetLower() + lanes.GetUpper();

    private static Vector128<float> Pairs(Vector128<float> one, Vector128<float> two)
    {
        if (Sse3.IsSupported)
        {
            return Sse3.HorizontalAdd(one, two);
        }

        return AdvSimd.Arm64.IsSupported
            ? AdvSimd.Arm64.AddPairwise(one, two)
            : Vector128.Create(one[0] + one[1], one[2] + one[3], two[0] + two[1], two[2] + two[3]);
    }
}
#endif
