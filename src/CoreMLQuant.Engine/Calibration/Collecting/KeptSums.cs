using CoreMLQuant.Calibration.Files;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>Keeps what is being collected in a statistics file, so that a calibration that was stopped can go on.</summary>
/// <param name="file">The file; <see langword="null"/> when nothing is to be written.</param>
/// <param name="sums">What is being collected.</param>
/// <param name="before">What the file held before; <see langword="null"/> when there was none.</param>
internal sealed class KeptSums(StatisticsFile? file, CollectedSums sums, CollectedSums? before)
{
    /// <summary>Writes what has been collected so far.</summary>
    public void Save() => file?.Write(sums);

    /// <summary>
    /// Takes back what was collected from samples that no calibration comes to an end with, so that it does not stand in the way of others. What had been
    /// complete before remains: collecting more beside it does not change it.
    /// </summary>
    public void Discard()
    {
        if (before is { IsComplete: true })
        {
            file?.Write(before);
        }
        else
        {
            file?.Delete();
        }
    }
}
