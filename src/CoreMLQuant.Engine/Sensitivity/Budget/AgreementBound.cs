using System;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Formatting;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Sensitivity.Budget;

/// <summary>A bound on the agreement of classes: the lower confidence limit has to reach it. Where there are too few samples for that, all have to agree.</summary>
/// <param name="bound">Least share, 0 to 1.</param>
internal sealed class AgreementBound(double bound) : OutputBound
{
    // Agreement has no formula: a signal of 20 dB leaves most classes what they are, and three steps of 9 dB lead from there to one that leaves all.
    private const double Step = 8;

    /// <inheritdoc/>
    public override double FirstNoise => 0.01;

    /// <inheritdoc/>
    public override bool IsOnClasses => true;

    /// <inheritdoc/>
    public override bool IsHeldBy(OutputFidelity outputs) => outputs.Agreement == 1 || outputs.AgreementLowerLimit >= bound;

    /// <inheritdoc/>
    public override double RoomOf(OutputFidelity outputs) => IsHeldBy(outputs) ? Step : 1 / Step;

    /// <inheritdoc/>
    public override double FigureOf(OutputFidelity outputs) => outputs.Agreement ?? 0;

    /// <inheritdoc/>
    public override string Describe(OutputFidelity outputs) =>
        $"an agreement of {Figures.Percent(FigureOf(outputs))} (other samples: at least {Figures.Percent(outputs.AgreementLowerLimit)}, with 95 % confidence)";

    /// <inheritdoc/>
    public override string NoteOn(OutputFidelity outputs) => outputs.AgreementLowerLimit >= bound ? string.Empty : bound == 1
        ? $"the class of {AllOf(outputs)} is the same, but no number of samples shows that it always is"
        : FormattableString.Invariant(
            $"the class of {AllOf(outputs)} is the same, which shows an agreement of {Figures.Percent(outputs.AgreementLowerLimit)} with a confidence of 95 %; {ConfidenceLimits.SamplesFor(bound)} of them would show {this}");

    /// <inheritdoc/>
    public override string ToString() => $"an agreement of {Figures.Percent(bound)}";

    private static string AllOf(OutputFidelity outputs) => outputs.SampleCount == 1 ? "the held-out sample" : FormattableString.Invariant($"all {outputs.SampleCount} held-out samples");
}
