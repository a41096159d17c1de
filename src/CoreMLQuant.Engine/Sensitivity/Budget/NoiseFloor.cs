namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>The least that outputs show: FP32 has 24 bits, so noise below the square of the last one is not seen.</summary>
internal static class NoiseFloor
{
    /// <summary>Noise against signal.</summary>
    public const double Power = 1.0 / (1L << 48);

    /// <summary>Signal-to-noise ratio in dB, 10 log10 2^48.</summary>
    public const double Snr = 144.494397918713;
}
