using System;

namespace CoreMLQuant.Tensors;

/// <summary>How far the values as written are from the values as read, computed in FP64 over the finite ones.</summary>
/// <param name="Count">Values compared.</param>
/// <param name="SignalEnergy">Sum of the squares of the source values.</param>
/// <param name="NoiseEnergy">Sum of the squares of the differences.</param>
/// <param name="MaxAbsoluteError">Largest absolute difference.</param>
/// <param name="SaturatedCount">Finite values that would have become infinity and were saturated to the largest finite FP16.</param>
/// <param name="UnderflowCount">Non-zero values that became zero.</param>
public sealed record WeightError(
    long Count,
    double SignalEnergy,
    double NoiseEnergy,
    double MaxAbsoluteError,
    long SaturatedCount,
    long UnderflowCount)
{
    /// <summary>Signal-to-noise ratio, <c>10 log10(signal / noise)</c> dB; +infinity when exact.</summary>
    public double Snr => NoiseEnergy == 0 ? double.PositiveInfinity : 10 * Math.Log10(SignalEnergy / NoiseEnergy);
}
