using CoreMLQuant.Planning;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>A bound on the outputs, and when held-out samples show that it holds for further samples as well.</summary>
internal abstract class OutputBound
{
    /// <summary>Noise against signal to begin the search for the model with.</summary>
    public abstract double FirstNoise { get; }

    /// <summary>Whether it is about the most probable class, which not every model tells.</summary>
    public virtual bool IsOnClasses => false;

    /// <summary>The bound of a recipe.</summary>
    /// <param name="minimumSnr">Least signal-to-noise ratio, dB; <see langword="null"/> when the bound is on the agreement.</param>
    /// <param name="minimumAgreement">Least share of samples with the same class, 0 to 1; <see langword="null"/> when the bound is on the ratio.</param>
    public static OutputBound Of(double? minimumSnr, double? minimumAgreement) => minimumSnr is { } snr ? new SnrBound(snr) : new AgreementBound(minimumAgreement!.Value);

    /// <summary>Whether it holds.</summary>
    public abstract bool IsHeldBy(OutputFidelity outputs);

    /// <summary>Noise that the bound allows, over that of what was measured; more than 1 when it holds.</summary>
    public abstract double RoomOf(OutputFidelity outputs);

    /// <summary>The figure that models are ranked by.</summary>
    public abstract double FigureOf(OutputFidelity outputs);

    /// <summary>What was measured, for messages.</summary>
    public abstract string Describe(OutputFidelity outputs);

    /// <summary>What the reader should know of a model that holds it; none when there is nothing.</summary>
    public virtual string NoteOn(OutputFidelity outputs) => string.Empty;

    /// <summary>The bound, for messages.</summary>
    public abstract override string ToString();
}
