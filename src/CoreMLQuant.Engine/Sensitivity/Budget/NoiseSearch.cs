using System;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>
/// Searches the largest noise that a model may be planned for so that a bound holds as measured: what is planned and what is measured differ, since noises of weights are not
/// quite independent and other samples have other outputs.
/// </summary>
/// <param name="first">Noise against signal to begin with.</param>
/// <param name="least">Noise below which no weight can be compressed.</param>
internal sealed class NoiseSearch(double first, double least)
{
    // About half a dB.
    private const double Near = 1.12;
    private const double LargestStep = 100;

    private double? _held;
    private double? _failed;

    /// <summary>Noise against signal to plan for.</summary>
    public double Noise { get; private set; } = Math.Max(first, least);

    /// <summary>Takes in what was measured.</summary>
    /// <param name="isHeld">Whether the bound held.</param>
    /// <param name="room">Noise that the bound allows, over the measured one; more than 1 when it held.</param>
    /// <returns>Whether there is anything left to try.</returns>
    public bool Next(bool isHeld, double room)
    {
        if (isHeld)
        {
            _held = Noise;
        }
        else
        {
            _failed = Noise;
        }

        double next = _held is { } held && _failed is { } failed
            ? Math.Sqrt(held * failed)
            : Math.Max(Noise * Math.Min(Math.Max(room, 1 / LargestStep), LargestStep), least);
        if (isHeld ? next < Noise * Near : next > Noise / Math.Sqrt(Near))
        {
            return false;
        }

        Noise = next;
        return true;
    }
}
