using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Running;
using CoreMLQuant.Tensors.Clustering;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>Some of the samples that are given, in their order. They are read again for each pass, so that not all of them are in memory.</summary>
internal sealed class SampleSelection
{
    private readonly Func<IEnumerable<RunSample>> _samples;
    private readonly bool[] _isChosen;

    private SampleSelection(Func<IEnumerable<RunSample>> samples, bool[] isChosen, IReadOnlyList<string> names, bool hasImages)
    {
        _samples = samples;
        _isChosen = isChosen;
        Names = names;
        HasImages = hasImages;
    }

    /// <summary>Names of the samples.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether there are images among all samples that are given.</summary>
    public bool HasImages { get; }

    /// <summary>Chooses samples.</summary>
    /// <param name="samples">Reads all of them.</param>
    /// <param name="count">Most that are chosen; <see langword="null"/> for all.</param>
    /// <param name="seed">Chooses.</param>
    /// <exception cref="SampleDataException">There is none, or one is random.</exception>
    public static SampleSelection Of(Func<IEnumerable<RunSample>> samples, int? count, int seed)
    {
        var names = new List<string>();
        bool hasImages = false;
        foreach (RunSample sample in samples())
        {
            names.Add(!sample.IsRandom ? sample.Name : throw new SampleDataException(sample.Name, "Random samples say nothing about the data that the model is for. Specify real ones."));
            hasImages |= sample.Images.Any();
        }

        bool[] isChosen = Choose(names.Count, Math.Min(count ?? int.MaxValue, names.Count), seed);
        return names.Count > 0
            ? new SampleSelection(samples, isChosen, names.Where((_, i) => isChosen[i]).ToArray(), hasImages)
            : throw new SampleDataException("-InputPath", "There are no samples to calibrate with.");
    }

    /// <summary>Reads the samples, one by one.</summary>
    public IEnumerable<RunSample> Read() => _samples().Take(_isChosen.Length).Where((_, i) => _isChosen[i]);

    private static bool[] Choose(int total, int count, int seed)
    {
        // Each of those that are left is as likely as any other (Knuth, algorithm S).
        var isChosen = new bool[total];
        var random = new SplitMix((ulong)seed);
        for (int i = 0, left = count; i < total; i++)
        {
            isChosen[i] = random.NextDouble() * (total - i) < left;
            left -= isChosen[i] ? 1 : 0;
        }

        return isChosen;
    }
}
