using System.Collections.Generic;
using CoreMLQuant.Conversion;
using CoreMLQuant.Formatting;
using CoreMLQuant.Planning;

namespace CoreMLQuant.Sensitivity;

/// <summary>Outputs that quantized activations have left little of: that is told, since a bound would have helped.</summary>
internal static class PoorActivations
{
    // An error of a third of the outputs.
    private const double LeastSnr = 10;
    private const double LeastAgreement = 0.9;

    /// <summary>What is wrong with the outputs and what to do; <see langword="null"/> when they are good enough, or no activation is quantized.</summary>
    /// <param name="conversion">The conversion, without a bound.</param>
    /// <param name="outputs">How near its outputs are to those of its source.</param>
    /// <param name="bounds">What the bounds are called where the user specifies them.</param>
    public static string? RemarkOn(PendingConversion conversion, OutputFidelity outputs, BoundNames bounds)
    {
        var figures = new List<string>();
        if (outputs.Snr < LeastSnr)
        {
            figures.Add($"a signal-to-noise ratio of {Figures.Decibels(outputs.Snr)}");
        }

        if (outputs.Agreement < LeastAgreement)
        {
            figures.Add($"the same class for {Figures.Percent(outputs.Agreement)} of the samples");
        }

        return figures.Count == 0 || !conversion.QuantizesActivations ? null
            : $"with quantized activations, the outputs have {string.Join(" and ", figures)}: {bounds.For(outputs)} keeps the activations of the operations that cost the outputs the most as floats, and -Exclude those that you name";
    }
}
