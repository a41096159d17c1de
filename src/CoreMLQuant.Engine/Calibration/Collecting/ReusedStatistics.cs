using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Calibration.Files;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>Statistics that are read from a file while nothing runs, and what the user should know of it.</summary>
/// <param name="path">The file.</param>
/// <param name="sums">What it holds.</param>
/// <param name="given">The samples that were given beside it; <see langword="null"/> for none.</param>
internal sealed class ReusedStatistics(string path, CollectedSums sums, SampleIdentity? given)
{
    /// <summary>What the user might not expect; each a sentence without a full stop.</summary>
    /// <param name="options">What was wanted.</param>
    public IEnumerable<string> Warnings(CalibrationOptions options)
    {
        if (given is not null && !sums.Samples.Matches(given))
        {
            yield return $"the samples that are given are not calibrated with, because '{path}' holds the statistics of {sums.Samples.Beside(given)}; specify another file, or delete it, to calibrate with the given ones";
        }

        int without = options.WithGram ? sums.Inputs.Count(input => !input.Sums.HasProducts && input.GramReason.Length == 0) : 0;
        if (without > 0)
        {
            yield return $"'{path}' was written without Gram matrices, so that errors are not compensated and only weighted by importance; specify the same samples as well (-InputPath) to add them";
        }
    }

    /// <summary>What happens instead of running samples.</summary>
    public string Note => string.Format(
        CultureInfo.InvariantCulture, "The statistics of {0} {1} are read from '{2}'; nothing is calibrated again.", sums.Samples.Count, sums.Samples.Count == 1 ? "sample" : "samples", path);
}
