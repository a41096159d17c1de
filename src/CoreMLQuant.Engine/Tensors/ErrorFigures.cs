using System;

namespace CoreMLQuant.Tensors;

/// <summary>The field's figures from sums of squares.</summary>
internal static class ErrorFigures
{
    /// <summary><c>10 log10(signal / noise)</c>; +infinity without noise, -infinity where the noise is infinite or there is no signal.</summary>
    public static double Decibel(double signal, double noise) => noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise);
}
