using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Calibration.Inputs;
using CoreMLQuant.Models;
using CoreMLQuant.Tensors.Statistics;

namespace CoreMLQuant.Calibration.Files;

/// <summary>What has been collected so far: sums, so that collecting can go on, and statistics once all samples are in.</summary>
/// <param name="ModelDigest">Digest of the model.</param>
/// <param name="Samples">The samples.</param>
/// <param name="Inputs">Sums over the inputs of weights.</param>
/// <param name="Weights">Which weight has which inputs.</param>
/// <param name="Values">Sums over values.</param>
internal sealed record CollectedSums(
    string ModelDigest, SampleIdentity Samples, IReadOnlyList<InputSums> Inputs, IReadOnlyList<WeightOfInput> Weights, IReadOnlyList<NamedValueSums> Values)
    : IDisposable
{
    /// <summary>Names of values that were asked for and that the running model does not give.</summary>
    public IReadOnlyList<string> UnseenValues { get; init; } = [];

    /// <summary>Whether all samples are in all sums.</summary>
    public bool IsComplete => Inputs.All(input => input.SamplesDone == Samples.Count) && Values.All(value => value.SamplesDone == Samples.Count);

    /// <summary>Samples that are in all sums.</summary>
    public int SamplesDone => Inputs.Select(input => input.SamplesDone).Concat(Values.Select(value => value.SamplesDone)).DefaultIfEmpty(0).Min();

    /// <summary>Makes the means of the sums, in their place where they are large: the sums are lost. What is parked belongs to the statistics from now on.</summary>
    public CalibrationStatistics ToStatistics() => new(
        ModelDigest,
        Samples.Names,
        LayerMeans.Of(Inputs, Weights, Samples.Count),
        Values.Where(value => value.Sums.Count > 0).Select(value => value.ToStatistics()))
    {
        Parked = this,
        UnseenValues = [.. UnseenValues, .. Values.Where(value => value.Sums.Count == 0).Select(value => value.Name)],
    };

    /// <summary>Closes the files in which sums are parked.</summary>
    public void Dispose()
    {
        foreach (ParkedNumbers parked in Inputs.Select(input => input.Parked).OfType<ParkedNumbers>())
        {
            parked.File.Dispose();
        }
    }
}

/// <summary>A weight and its inputs.</summary>
/// <param name="Weight">The weight.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="InputCounts">Dimensions of the inputs over the weight.</param>
/// <param name="OutputAxis">The axis of the output channels.</param>
/// <param name="Parts">Parts of the inputs that do not meet at any output.</param>
/// <param name="Input">Index of the inputs.</param>
internal sealed record WeightOfInput(WeightKey Weight, IReadOnlyList<long> Shape, IReadOnlyList<long> InputCounts, int OutputAxis, InputParts Parts, int Input)
{
    /// <summary>See <see cref="WeightInput.OtherUses"/>.</summary>
    public double OtherUses { get; init; }
}

/// <summary>Sums over all the values of a tensor.</summary>
/// <param name="name">The value's name in the model.</param>
/// <param name="sums">The sums.</param>
/// <param name="samplesDone">Samples that are in the sums.</param>
internal sealed class NamedValueSums(string name, ValueSums sums, int samplesDone = 0)
{
    /// <summary>The value's name in the model.</summary>
    public string Name => name;

    /// <summary>The sums.</summary>
    public ValueSums Sums => sums;

    /// <summary>Samples that are in the sums.</summary>
    public int SamplesDone { get; set; } = samplesDone;

    /// <summary>The means; there is a finite value.</summary>
    public ActivationStatistics ToStatistics() => new(
        name,
        sums.Count,
        sums.Minimum,
        sums.Maximum,
        sums.Sum / sums.Count,
        sums.Squares / sums.Count,
        new ActivationHistogram(sums.Histogram.Low, sums.Histogram.Width, (long[])sums.Histogram.Counts.Clone()));
}
