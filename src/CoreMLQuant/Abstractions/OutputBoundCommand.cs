using System.Management.Automation;
using CoreMLQuant.Completers;

namespace CoreMLQuant.Abstractions;

/// <summary>A conversion that can keep a bound on what comes out of the model, as measured on samples.</summary>
public abstract class OutputBoundCommand : WeightRecipeCommand
{
    /// <summary>
    /// Minimum signal-to-noise ratio of the model's outputs, in dB, measured with the new model on samples that are held out: one of every four of -InputPath or -InputObject, which it requires. As far as
    /// these samples show, others reach it as well, with a confidence of 95 %; one held-out sample shows nothing of others, and its own figure decides. Optimize-CoreMLModel chooses the encodings with
    /// the smallest size; ConvertTo-QuantizedModel quantizes weights in either case, and as many activations as the bound allows: those of the operations that cost the outputs the most stay floats.
    /// </summary>
    /// <value>None</value>
    [Parameter]
    [ValidatePositive("a ratio in dB, such as 30")]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public double MinimumOutputSnr { get; set; }

    /// <summary>
    /// Minimum share, such as 0.99, of the samples for which the new model has the same most probable class, as far as those that are held out show with a confidence of 95 %; where they are too
    /// few for that, all of them have to agree. Requires -InputPath or -InputObject. What is chosen is the same as with -MinimumOutputSnr.
    /// </summary>
    /// <value>None</value>
    [Parameter]
    [ValidatePositive("a share of the samples, such as 0.99", Maximum = 1)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public double MinimumAgreement { get; set; }

    /// <summary>The bound on the ratio, dB; <see langword="null"/> for none.</summary>
    private protected double? GivenOutputSnr => IsGiven(nameof(MinimumOutputSnr)) ? MinimumOutputSnr : null;

    /// <summary>The bound on the agreement, 0 to 1; <see langword="null"/> for none.</summary>
    private protected double? GivenAgreement => IsGiven(nameof(MinimumAgreement)) ? MinimumAgreement : null;
}
