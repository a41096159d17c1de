using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Formatting;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Comparison.Outputs;

/// <summary>What comparing the outputs of two models found.</summary>
public sealed record ComparedOutputs
{
    /// <summary>Number of samples.</summary>
    public required int SampleCount { get; init; }

    /// <summary>Whether the inputs were drawn at random: the figures then say that two models agree or not, and nothing about real data.</summary>
    public required bool IsRandomInput { get; init; }

    /// <summary>The outputs that both have, in the reference's order.</summary>
    public required IReadOnlyList<OutputComparison> Outputs { get; init => field = DescribedList<OutputComparison>.Of(value); }

    /// <summary>Intermediate values that both have, in order of execution; empty unless they were asked for.</summary>
    public required IReadOnlyList<OutputComparison> Layers { get; init => field = DescribedList<OutputComparison>.Of(value, "layers"); }

    /// <summary>Outputs that only one of the two has, or that have other shapes, each with the reason.</summary>
    public required IReadOnlyList<string> NotCompared { get; init => field = DescribedList<string>.Of(value); }

    /// <summary>What of the samples may not be wanted, each a sentence with the name of the sample.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = DescribedList<string>.Of(value); } = DescribedList<string>.Of([]);

    /// <summary>Small PNG copies of some of the images that the samples are, by <see cref="SampleComparison.ImagePath"/>: for reports.</summary>
    public IReadOnlyDictionary<string, byte[]> Thumbnails { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Lowest signal-to-noise ratio of an output, dB; <see langword="null"/> when none has one.</summary>
    public double? MinSnr => Outputs.Min(output => output.Snr);

    /// <summary>Lowest top-1 agreement of an output, 0 to 1; <see langword="null"/> when none has one.</summary>
    public double? MinimumAgreement => Outputs.Min(output => output.Top1Agreement);

    /// <summary>The same in a few figures.</summary>
    /// <param name="isHeldOut">Whether the samples took no part in making the compared model. Others say nothing of how it fares with further ones.</param>
    public OutputFidelity ToFidelity(bool isHeldOut) => new(MinSnr, MinimumAgreement, SampleCount, isHeldOut)
    {
        SnrLowerLimit = isHeldOut ? Outputs.Min(output => output.SnrLowerLimit) : null,
        AgreementLowerLimit = isHeldOut ? Outputs.Min(output => output.Top1AgreementLowerLimit) : null,
    };

    /// <summary>How many samples, and whether they are random.</summary>
    public override string ToString() => $"{SampleCount} {(IsRandomInput ? "random " : string.Empty)}samples";
}
