using System;
using CoreMLQuant.Formatting;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>A bound on the signal-to-noise ratio: the lower confidence limit has to reach it.</summary>
/// <param name="bound">Least ratio, dB.</param>
internal sealed class SnrBound(double bound) : OutputBound
{
    /// <inheritdoc/>
    public override double FirstNoise { get; } = Math.Pow(10, -bound / 10);

    /// <inheritdoc/>
    public override bool IsHeldBy(OutputFidelity outputs) => FigureOf(outputs) >= bound;

    /// <inheritdoc/>
    public override double RoomOf(OutputFidelity outputs) => Math.Pow(10, (FigureOf(outputs) - bound) / 10);

    /// <inheritdoc/>
    public override double FigureOf(OutputFidelity outputs)
    {
        // A single sample has no limit, nor have samples without noise. What only gives labels has no ratio; nothing but the same labels is good enough then.
        return outputs.SnrLowerLimit ?? outputs.Snr ?? (outputs.Agreement == 1 ? double.PositiveInfinity : double.NegativeInfinity);
    }

    /// <inheritdoc/>
    public override string Describe(OutputFidelity outputs) =>
        outputs.SnrLowerLimit is { } limit ? $"{Figures.Decibels(outputs.Snr)} (other samples: at least {Figures.Decibels(limit)}, with 95 % confidence)" : Figures.Decibels(FigureOf(outputs));

    /// <inheritdoc/>
    public override string ToString() => Figures.Decibels(bound);
}
