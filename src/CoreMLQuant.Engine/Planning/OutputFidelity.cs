namespace CoreMLQuant.Planning;

/// <summary>How near the outputs of a compressed model are to those of its source.</summary>
/// <param name="Snr">Signal-to-noise ratio, dB, the lowest of several outputs; <see langword="null"/> for labels.</param>
/// <param name="Agreement">Share of the samples with the same most probable class, 0 to 1; <see langword="null"/> for what is no classifier.</param>
/// <param name="SampleCount">Number of samples.</param>
/// <param name="IsHeldOut">Whether these samples took no part in calibrating and choosing.</param>
public sealed record OutputFidelity(double? Snr, double? Agreement, int SampleCount, bool IsHeldOut)
{
    /// <summary>What the ratio of further samples is at least, with a confidence of 95 %, dB; <see langword="null"/> where the samples do not tell: a single one, or several without any noise.</summary>
    public double? SnrLowerLimit { get; init; }

    /// <summary>What the agreement of further samples is at least, with a confidence of 95 %, 0 to 1; <see langword="null"/> where the samples do not tell.</summary>
    public double? AgreementLowerLimit { get; init; }
}
