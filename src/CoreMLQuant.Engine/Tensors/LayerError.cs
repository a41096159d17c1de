namespace CoreMLQuant.Tensors;

/// <summary>How far the output of a layer with a weight as written is from that with the weight as read, for inputs like those of a calibration.</summary>
/// <param name="SignalEnergy">Mean of the squares of the output, without the bias.</param>
/// <param name="NoiseEnergy">Mean of the squares of the difference.</param>
/// <param name="IsLossless">Whether the weight as written is the weight as read.</param>
internal sealed record LayerError(double SignalEnergy, double NoiseEnergy, bool IsLossless)
{
    // Share of the signal below which sums in FP64 cannot tell noise from rounding.
    private const double Rounding = 1e-15;

    /// <summary>Whether inputs count as independent of each other, since nothing is known of that: good enough to compare encodings of one weight, but no measurement.</summary>
    public bool AssumesIndependence { get; init; }

    /// <summary>Whether all inputs were zero, as a state is at the first step: the output then shows no error, however large it is with other inputs.</summary>
    public bool IsUnmet => SignalEnergy == 0 && !IsLossless;

    /// <summary>
    /// Signal-to-noise ratio, dB; +infinity when lossless. <see langword="null"/> where the inputs do not tell it: where all of them were zero, or so few of them were seen that errors are only in
    /// what none of them has.
    /// </summary>
    public double? Snr => IsLossless ? double.PositiveInfinity
        : SignalEnergy > 0 && NoiseEnergy > SignalEnergy * Rounding ? ErrorFigures.Decibel(SignalEnergy, NoiseEnergy)
        : null;
}
