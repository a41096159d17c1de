using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>
/// Samples to calibrate with, others to measure encodings with, since their errors are fitted to those that calibrated, and others that are held out to verify what was made of the measurements: one of every four, one at
/// least. Where there are few, or no encodings are measured, those that calibrate measure as well. From one four to the next, the places of the parts move on, so that of kinds that alternate, as clean and noisy
/// recordings may, each part has all.
/// </summary>
internal sealed class SampleSplit
{
    private const int Period = 4;

    // Fewer than two samples to measure with tell nothing of others.
    private const int LeastToPart = 2 * Period;

    private SampleSplit(SampleSelection all, bool measuresEncodings) => (All, IsParted) = (all, measuresEncodings && all.Names.Count >= LeastToPart);

    /// <summary>Whether others than those that calibrate measure.</summary>
    public bool IsParted { get; }

    /// <summary>All samples.</summary>
    public SampleSelection All { get; }

    /// <summary>Names of the samples that do not calibrate.</summary>
    public IReadOnlyList<string> NamesApart => All.Names.Where((_, i) => !IsCalibrating(i)).ToArray();

    /// <summary>Number of samples to measure with.</summary>
    public int MeasuredCount => Enumerable.Range(0, All.Names.Count).Count(IsMeasured);

    /// <summary>Number of samples of which so many are held out.</summary>
    public static int CountFor(int heldOut) => heldOut * Period;

    /// <summary>Splits samples.</summary>
    /// <param name="samples">Reads all of them.</param>
    /// <param name="count">Most that are used, all parts together; <see langword="null"/> for all.</param>
    /// <param name="seed">Chooses.</param>
    /// <param name="measuresEncodings">Whether encodings are measured, of which errors are fitted to samples.</param>
    /// <exception cref="SampleDataException">There are fewer than two, or one is random.</exception>
    public static SampleSplit Of(Func<IEnumerable<RunSample>> samples, int? count, int seed, bool measuresEncodings)
    {
        var all = SampleSelection.Of(samples, count, seed);
        return all.Names.Count > 1
            ? new SampleSplit(all, measuresEncodings)
            : throw new SampleDataException(all.Names[0], $"A budget by the outputs needs two samples at least: some to choose by, and others that are held out to verify the choice. Specify more{(count < 2 ? ", and a higher -Count" : string.Empty)}.");
    }

    /// <summary>Reads the samples to calibrate with, one by one.</summary>
    public IEnumerable<RunSample> ReadCalibrating() => All.Read().Where((_, i) => IsCalibrating(i));

    /// <summary>Reads the samples to measure with, one by one.</summary>
    public IEnumerable<RunSample> ReadMeasured() => All.Read().Where((_, i) => IsMeasured(i));

    /// <summary>Reads the samples that are not held out, one by one.</summary>
    public IEnumerable<RunSample> ReadSeen() => All.Read().Where((_, i) => !IsHeldOut(i));

    /// <summary>Reads the samples that are held out, one by one.</summary>
    public IEnumerable<RunSample> ReadHeldOut() => All.Read().Where((_, i) => IsHeldOut(i));

    private bool IsCalibrating(int index) => !IsHeldOut(index) && !(IsParted && PlaceOf(index) == 1);

    private bool IsMeasured(int index) => !IsHeldOut(index) && !(IsParted && IsCalibrating(index));

    private bool IsHeldOut(int index) => All.Names.Count < Period ? index == All.Names.Count - 1 : PlaceOf(index) == Period - 1;

    // By one from one four to the next, and by two from the second to the third: by one alone would repeat with eight kinds. What is left over at the end stays in place, so it holds nothing out.
    private int PlaceOf(int index)
    {
        int four = index / Period;
        return four < All.Names.Count / Period ? (index + (Period - 1) * (four + four / 2)) % Period : index % Period;
    }
}
