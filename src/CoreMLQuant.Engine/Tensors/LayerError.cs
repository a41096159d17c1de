namespace CoreMLQuant.Tensors;

/// <summary>How far the output of a layer with a weight as written is from that with the weight as read, for inputs like those of a calibration.</summary>
/// <param name="SignalEnergy">Mean of the squares of the output, without the bias.</param>
/// <param name="NoiseEnergy">Mean of the squares of the difference.</param>
internal sealed record LayerError(double SignalEnergy, double NoiseEnergy)
{
    /// <summary>Signal-to-noise ratio, dB; +infinity when exact.</summary>
    public double Snr => ErrorFigures.Decibel(SignalEnergy, NoiseEnergy);
}
