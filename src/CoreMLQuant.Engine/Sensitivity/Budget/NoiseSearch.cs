using System;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>
/// Searches the largest noise that a model may be planned for so that a bound holds as measured: what is planned and what is measured differ, since noises of weights are not
/// quite independent and other samples have other outputs.
/// </summary>
/// <param name="first">Noise against signal to begin with.</param>
/// <param name="least">Noise below which no weight can be compressed.</param>
/// <param name="most">Noise from which every weight is as small as it can be.</param>
internal sealed class NoiseSearch(double first, double least, double most)
{
    // About half a dB.
    private const double Near = 1.12;
    private const double LargestStep = 100;

    private const int MostFailures = 5;

    private double? _held;
    private double? _failed;
    private int _failures;

    /// <summary>Noise against signal to plan for.</summary>
    public double Noise { get; private set; } = Math.Min(Math.Max(first, Math.Max(least, NoiseFloor.Power)), most);

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
            _failures++;
        }

        double next = _held is { } held && _failed is { } failed ? Math.Sqrt(Math.Max(held, NoiseFloor.Power) * failed)
            : _failures > MostFailures ? least
            : Within(Noise * (isHeld ? Math.Min(room, LargestStep) : Math.Max(StepDown(room), 1 / LargestStep)));
        bool isFurther = isHeld ? next >= Noise * Near : _held is null ? next < Noise : next <= Noise / Math.Sqrt(Near);
        if (!isFurther || next == Noise)
        {
            return false;
        }

        Noise = next;
        return true;
    }

    // A bound that is missed by a hair is tried again below as well, each time twice as far below, in dB: what is measured on a few samples goes up and down with what is planned.
    private double StepDown(double room) => Math.Pow(Math.Min(room, 1 / Near), Math.Pow(2, _failures - 1));

    // What is below the floor is all one to the outputs, so the least comes next to it.
    private double Within(double noise) => noise < Math.Max(least, NoiseFloor.Power) ? least : Math.Min(noise, most);
}
